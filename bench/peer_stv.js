#!/usr/bin/env node
// Counts elections with the npm package stv, an independent program, and says how long it took.
//
//     peer_stv.js PACKAGE WARDS     PACKAGE: its folder, node_modules/stv; WARDS: elections as CSV
//
// Prints one line: elections and milliseconds of CPU time, reading the CSV included. With --winners
// the winners' numbers of each election instead. The package (MIT) is no part of this project:
// npm install --ignore-scripts stv
"use strict";
const fs = require("fs");
const path = require("path");

const [folder, wards] = process.argv.slice(2).filter((word) => word !== "--winners");
if (!folder || !wards) {
    console.error("usage: peer_stv.js PACKAGE WARDS [--winners]");
    process.exit(2);
}
const { stv } = require(path.resolve(folder));

function election(text) {
    const rows = text.split(/\r?\n/).map((line) => line.split(","));
    const candidates = Array.from({ length: Number(rows[0][0]) }, (_, i) => String(i + 1));
    const votes = rows
        .slice(1)
        .filter((row) => /^[0-9]+$/.test(row[0].trim()))
        .map((row) => ({
            weight: Number(row[0]),
            preferences: row.slice(1).map((cell) => cell.trim()).filter((cell) => cell !== ""),
        }));
    return { seatsToFill: Number(rows[0][1]), candidates, votes };
}

const files = fs.readdirSync(wards).filter((name) => name.endsWith(".csv")).sort();
const start = process.cpuUsage();
const results = files.map((name) => stv(election(fs.readFileSync(path.join(wards, name), "utf8"))));
const took = process.cpuUsage(start);
if (process.argv.includes("--winners"))
    files.forEach((name, i) => console.log(name.slice(0, -4), results[i].winners.join(" ")));
else console.log(files.length, Math.round((took.user + took.system) / 1000));
