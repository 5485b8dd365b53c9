"""Does a job in a process of its own, so that a test can kill it: `python -m tests.run_job JOBS < job.json`."""

import json
import sys

from detector.corpus import Job, run
from detector.errors import DetectorError

if __name__ == "__main__":
    try:
        run(Job.from_json(json.load(sys.stdin)), jobs=int(sys.argv[1]))
    except DetectorError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
