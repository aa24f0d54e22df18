#!/usr/bin/env python3
"""Counts elections with Droop, an independent program in Python, and says how long it took.

    peer_droop.py DROOP WARDS        DROOP: its source folder; WARDS: a folder of elections as CSV

Prints one line: elections and milliseconds of CPU time, reading its own file format
included. Writing that format (BLT) from the CSV is not timed. Droop is under the GPL and no part
of this project: get it from github.com/jklundell/droop.
"""
import csv
import glob
import os
import sys
import tempfile
import time


def blt_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    candidates, seats = int(rows[0][0]), int(rows[0][1])
    papers = [row for row in rows[1:] if row[0].strip().isdigit()]
    lines = [f"{candidates} {seats}"]
    lines += [" ".join(cell.strip() for cell in row if cell.strip()) + " 0" for row in papers]
    lines += ["0"] + [f'"{n}"' for n in range(1, candidates + 1)] + ['"ward"']
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.path.insert(0, sys.argv[1])
    from droop.election import Election
    from droop.profile import ElectionProfile

    names = sorted(glob.glob(os.path.join(sys.argv[2], "*.csv")))
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name in names:
            paths.append(os.path.join(folder, os.path.basename(name)[:-4] + ".blt"))
            with open(paths[-1], "w", encoding="utf-8") as file:
                file.write(blt_of(name))
        start = time.process_time()
        for path in paths:
            Election(ElectionProfile(path=path), {"rule": "scotland"}).count()
        print(len(paths), round((time.process_time() - start) * 1000))


main()
