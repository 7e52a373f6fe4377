// What every page has: the switch between light and dark.
const dark = matchMedia('(prefers-color-scheme: dark)');

document.querySelector('[data-action="theme"]')?.addEventListener('click', () => {
  const root = document.documentElement;
  const isDark = (root.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';
  root.dataset.theme = isDark ? 'light' : 'dark';
  localStorage.setItem('theme', root.dataset.theme);
});
