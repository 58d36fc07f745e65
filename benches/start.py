"""How long from the start of the process, with data in place, to /readyz and to the sign-in link; and the memory that it takes
when nobody asks anything.

usage: start.py PROGRAM
"""

import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

TURNS = 7
IDLE = 20


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def resident(pid):
    """Megabytes of the process, of which those of the program's own file can be dropped and read again."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in status if line.startswith(("VmRSS", "RssFile"))}
    return kilobytes["VmRSS"] / 1024, kilobytes["RssFile"] / 1024


def start(program, folder, idle=0):
    """Milliseconds to readiness and to the link, and the memory after so many seconds of doing nothing; the program has ended
    when this returns."""
    port = free_port()
    log = folder / "log"
    begun = time.monotonic()
    with log.open("w") as out:
        process = subprocess.Popen([program, "up", "--data", str(folder / "data"), "--port", str(port)], cwd=folder,
                                   stdout=out, stderr=subprocess.STDOUT)
    ready = link = None
    try:
        while ready is None or link is None:
            if process.poll() is not None or time.monotonic() - begun > 60:
                raise SystemExit(f"the program did not start:\n{log.read_text()}")
            if ready is None:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1).close()
                    ready = (time.monotonic() - begun) * 1000
                except (urllib.error.URLError, OSError):
                    pass
            if link is None and "#token=" in log.read_text():
                link = (time.monotonic() - begun) * 1000
            time.sleep(0.005)
        time.sleep(idle)
        memory = resident(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    return ready, link, memory


def main():
    with tempfile.TemporaryDirectory(prefix="bellwether-start-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        first, _, after_first = start(sys.argv[1], folder, IDLE)
        print(f"  first start, with a new database: {first:.0f} ms", flush=True)
        times = [start(sys.argv[1], folder) for _ in range(TURNS)]
        _, _, after_warm = start(sys.argv[1], folder, IDLE)
    ready = sorted(r for r, _, _ in times)
    links = sorted(l for _, l, _ in times)
    print(f"  warm start to /readyz: median {statistics.median(ready):.0f} ms, worst {ready[-1]:.0f} ms"
          f" of {TURNS}   promised: ≤ 1500 ms", flush=True)
    print(f"  warm start to the link: median {statistics.median(links):.0f} ms, worst {links[-1]:.0f} ms", flush=True)
    for name, (all_of_it, of_file), promise in (
        ("idle, {IDLE} s after a start", after_warm, "   promised: ≤ 80 MB"),
        ("{IDLE} s after the first start, which made the demo", after_first, ""),
    ):
        print(f"  memory {name.format(IDLE=IDLE)}: {all_of_it:.1f} MB, of which {of_file:.1f} MB are the program's file{promise}",
              flush=True)


main()
