#!/usr/bin/env bash
# Trains and measures the emotion classifier of models/emotion.
#   tools/train-emotion/run.sh train     features, ten folds, the final model (models/emotion/emotion.onnx and .json)
#   tools/train-emotion/run.sh report    the tables of models/emotion/README.md, from what `train` left
#   tools/train-emotion/run.sh all       both
# Needs the data (../shared/data or $PHONEAGENT_SHARED/data), .NET, and a Python with PyTorch and NumPy (Debian: python3-torch;
# $PYTHON names another). Work files (about 300 MB) lie in $WORK, .work/ here by default; git ignores it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
shared=${PHONEAGENT_SHARED:-$root/../shared}
work=${WORK:-$here/.work}
python=${PYTHON:-/usr/bin/python3}
# Small matrices: threads would only wait for each other. One thread also makes sums come out the same.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1

train() {
  [ -f "$shared/data/emotion/labels.csv" ] || { echo "No $shared/data/emotion: set PHONEAGENT_SHARED to the folder with data/." >&2; exit 1; }
  "$python" -c 'import torch, numpy' || { echo "$python lacks PyTorch or NumPy: apt-get install python3-torch, or set PYTHON." >&2; exit 1; }
  rm -f "$work"/{features.f16,index.csv,statistics.npz,folds.npz,folds-english.npz,final.npz}
  dotnet run -c Release --project "$here/Features" -- "$shared/data" "$work"
  "$python" "$here/train.py" "$work" "$root/models/emotion" "$root/tests/PhoneAgent.ModelTests/Emotion/logits.csv"
}

report() {
  [ -f "$work/folds.npz" ] || { echo "Nothing is trained in $work: run $0 train first." >&2; exit 1; }
  "$python" "$here/report.py" "$work" "$root/models/emotion"
}

case "${1:-}" in
  train) train ;;
  report) report ;;
  all) train && report ;;
  *) sed -n '2,5s/^# *//p' "$0" >&2; exit 2 ;;
esac
