// The state of the server, put anew every two seconds.
import { elementOf, openStream } from './stream.js';

openStream('/live/system', { system: (html) => document.getElementById('system').replaceWith(elementOf(html)) }, document.getElementById('connection'));
