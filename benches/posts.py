"""GET …/posts?limit=20 against pgbench on the same server; and the program's memory.

Run by run.sh through scripts/with-server.sh, which starts the program on fresh data.
"""

import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time
import urllib.request

URL = os.environ["BELLWETHER_URL"]
PID = os.environ["BELLWETHER_SERVER_PID"]
HERE = pathlib.Path(__file__).parent
CLIENTS, SECONDS, TURNS = 8, 6, 5
DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
TEXT = """# What a lighthouse keeper taught us about release notes

Nobody reads release notes for pleasure. Yet the keepers of the Bell Rock light wrote one every night for 90 years.
A keeper wrote for the captain who would pass at 4 in the morning: what changed, what to watch, what to do.
We rewrote ours the same way last spring. Tickets about upgrades fell by 38 percent in 2 months.
Start with the change that can hurt somebody. Then say what got better. Leave out what only you care about.
The best test is cheap: read the first line aloud to somebody who does not work with you. Round {round}.
"""

cookie = None


def call(method, path, body=None):
    global cookie
    request = urllib.request.Request(URL + path, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("content-type", "application/json")
    request.add_header("origin", URL)
    if cookie:
        request.add_header("cookie", cookie)
    with urllib.request.urlopen(request, timeout=30) as answer:
        if answer.headers.get("set-cookie"):
            cookie = answer.headers["set-cookie"].split(";")[0]
        text = answer.read()
    return json.loads(text) if text else None


def uuid(public):
    """post_01jq… → the UUID inside"""
    number = 0
    for digit in public.rsplit("_", 1)[1]:
        number = number * 32 + DIGITS.index(digit)
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def resident(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def line(name, figure, promise):
    print(f"  {name:<44} {figure:>14}   promised: {promise}", flush=True)


def main():
    me = call("POST", "/api/v1/auth/link", {"token": os.environ["BELLWETHER_LINK"].split("#token=")[1]})
    line("memory, right after the first start", f"{resident(PID):.1f} MB", "")

    organization = me["organizations"][0]
    brand = organization["brands"][0]
    base = f"/api/v1/organizations/{organization['id']}/brands/{brand['id']}"
    networks = call("GET", "/api/v1/networks")["networks"]
    targets = [kind["target"] for network in networks for kind in network["content_types"]]
    posts = 0
    for number in range(9):
        made = call("POST", f"{base}/generations",
                    {"input": {"type": "text", "text": TEXT.format(round=number)}, "targets": targets[:20]})
        while made["status"] in ("pending", "running"):
            time.sleep(0.1)
            made = call("GET", f"{base}/generations/{made['id']}")
        posts += sum(1 for output in made["outputs"] if output["status"] == "completed")
    page = call("GET", f"{base}/posts?limit=20")
    if len(page["items"]) != 20:
        raise SystemExit(f"the list has {len(page['items'])} posts and not 20")
    print(f"  {posts} drafts of one brand, {CLIENTS} clients, {TURNS} turns of {SECONDS} s each", flush=True)

    data = pathlib.Path(os.environ["BELLWETHER_SERVER_DATA"], "postgres")
    socket = (data / "postmaster.pid").read_text().splitlines()[4]
    sql = (HERE / "posts.sql").read_text()
    for name, value in (("organization", organization["id"]), ("user", me["user"]["id"]), ("brand", brand["id"])):
        sql = sql.replace("{" + name + "}", uuid(value))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(sql)
        script.flush()
        pgbench = [os.environ["PGBENCH"], "-h", socket, "-U", "bellwether", "-n", "-M", "prepared", "-c", str(CLIENTS),
                   "-j", "1", "-T", str(SECONDS), "-f", script.name, "bellwether"]
        wrk = ["wrk", "-t", "1", "-c", str(CLIENTS), "-d", f"{SECONDS}s", "--latency", "-H", f"Cookie: {cookie}",
               f"{URL}{base}/posts?limit=20"]
        requests, transactions, ratios = [], [], []
        for turn in range(TURNS):
            said = subprocess.run(wrk, capture_output=True, text=True, check=True).stdout
            if "Non-2xx" in said:
                raise SystemExit(f"the program refused requests:\n{said}")
            requests.append(float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1)))
            latency = re.search(r"50%\s+(\S+)[\s\S]*99%\s+(\S+)", said)
            bench = subprocess.run(pgbench, capture_output=True, text=True)
            if bench.returncode:
                raise SystemExit(bench.stderr)
            transactions.append(float(re.search(r"tps = ([\d.]+)", bench.stdout).group(1)))
            ratios.append(requests[-1] / transactions[-1])
            print(f"    turn {turn + 1}: {requests[-1]:>8.0f} requests/s (p50 {latency.group(1)}, p99 {latency.group(2)})"
                  f"   {transactions[-1]:>8.0f} transactions/s   {ratios[-1]:.0%}", flush=True)
    line("GET posts, median", f"{statistics.median(requests):.0f} /s", "")
    line("pgbench, median", f"{statistics.median(transactions):.0f} /s", "")
    line("ratio, median of the turns", f"{statistics.median(ratios):.0%}", "≥ 50 %")
    line("memory, right after the load", f"{resident(PID):.1f} MB", "")


main()
