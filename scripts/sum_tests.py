"""Adds up what the suites left behind and prints one line, "N passed, N failed"; a missing result is a failure.

usage: sum_tests.py FOLDER SUITE...
"""

import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml


def name_failed(name, message="", what="FAILED"):
    """one line on a failed test: a log's end is often all that is left to read"""
    first = next((line.strip() for line in message.splitlines() if line.strip()), "")
    print(f"{what} {name}{': ' + first[:300] if first else ''}", file=sys.stderr)


def rust(folder):
    """cargo nextest's JUnit file, or cargo test's own lines; plus the examples in the documentation"""
    passed = failed = 0
    report = folder / "rust.xml"
    if report.exists():
        root = xml.parse(report).getroot()
        bad = int(root.get("failures", 0)) + int(root.get("errors", 0))
        passed, failed = int(root.get("tests", 0)) - bad, bad
        for case in root.iter("testcase"):
            for fault in [*case.iter("failure"), *case.iter("error")]:
                name_failed(f"{case.get('classname')} {case.get('name')}", fault.text or fault.get("message") or "")
            # it passed, but not at once
            for fault in [*case.iter("flakyFailure"), *case.iter("flakyError")]:
                words = fault.text or fault.get("message") or ""
                name_failed(f"{case.get('classname')} {case.get('name')}", words, "SECOND TRY")
    else:
        passed, failed = lines(folder / "rust.txt")
    documented = lines(folder / "doc.txt")
    return passed + documented[0], failed + documented[1]


def lines(path):
    found = re.findall(r"^test result: \w+\. (\d+) passed; (\d+) failed", path.read_text(), re.MULTILINE)
    return sum(int(p) for p, _ in found), sum(int(f) for _, f in found)


def vitest(path):
    report = json.loads(path.read_text())
    for file in report["testResults"]:
        for test in file["assertionResults"]:
            message = "\n".join(test.get("failureMessages") or [])
            if test["status"] == "failed":
                name_failed(test["fullName"], message)
            elif message:
                # it passed, but not at once: somebody has to look why
                name_failed(test["fullName"], message, "SECOND TRY")
        if file["status"] == "failed" and not file["assertionResults"]:
            name_failed(file["name"], file.get("message", ""))
    # a file that could not be loaded has no failed test, but is a failed suite
    broken = sum(1 for file in report["testResults"] if file["status"] == "failed" and not file["assertionResults"])
    return report["numPassedTests"], report["numFailedTests"] + broken


def web(folder):
    return vitest(folder / "web.json")


def flows(folder):
    return vitest(folder / "flows.json")


def main():
    folder = pathlib.Path(sys.argv[1])
    passed = failed = 0
    for name in sys.argv[2:]:
        try:
            p, f = globals()[name](folder)
        except (OSError, ValueError, KeyError, xml.ParseError) as error:
            print(f"{name}: no result ({error})", file=sys.stderr)
            p, f = 0, 1
        if p + f == 0:
            print(f"{name}: no test ran", file=sys.stderr)
            f = 1
        print(f"{name}: {p} passed, {f} failed", file=sys.stderr)
        passed, failed = passed + p, failed + f
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
