"""peak.py FILE COMMAND…: runs the command and writes to FILE the most anonymous memory, in bytes, that it was seen with.

Anonymous memory is what a program asked for; pages of mapped files, which the system may drop at any time, are not in it.
It is read every two milliseconds, so that a shorter peak may be missed. Ends with the command's status.
"""
import subprocess
import sys
import time


def anonymous_bytes(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024
    return 0  # it has ended


def main():
    target, command = sys.argv[1], sys.argv[2:]
    peak = 0
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            peak = max(peak, anonymous_bytes(process))
            time.sleep(0.002)
    with open(target, "w", encoding="ascii") as out:
        print(peak, file=out)
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
