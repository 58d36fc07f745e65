"""How long from the start of the process, with data in place, to /readyz and to the sign-in link.

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


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(program, folder):
    """Milliseconds to readiness and to the link; the program has ended when this returns."""
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
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    return ready, link


def main():
    with tempfile.TemporaryDirectory(prefix="bellwether-start-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        first, _ = start(sys.argv[1], folder)
        print(f"  first start, with a new database: {first:.0f} ms", flush=True)
        times = [start(sys.argv[1], folder) for _ in range(TURNS)]
    ready = sorted(r for r, _ in times)
    links = sorted(l for _, l in times)
    print(f"  warm start to /readyz: median {statistics.median(ready):.0f} ms, worst {ready[-1]:.0f} ms"
          f" of {TURNS}   promised: ≤ 1500 ms", flush=True)
    print(f"  warm start to the link: median {statistics.median(links):.0f} ms, worst {links[-1]:.0f} ms", flush=True)


main()
