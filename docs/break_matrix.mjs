#!/usr/bin/env node
// break_matrix.mjs MACHINE.js V86... [COLUMN...]: every break-out in every stage, in the
// machine of the page, under Node.js, and whether it comes out as
// tests/attacks/matrix.md says. Left out is what docs/machine/cannot.txt names.
import { readFileSync } from "node:fs";
import { rest, root } from "./in_node.mjs";

const only = rest.filter((name) => /^(host|\d\d|rootless)$/.test(name));
const AT_ONCE = 8;
const PATIENCE = 90e3; /* for each of them */

/* ---- What is to come out -------------------------------------------------------- */

const rows = readFileSync("tests/attacks/matrix.md", "utf8").split("\n")
    .filter((line) => /^\| (break-out|`)/.test(line))
    .map((line) => line.slice(2).split(" | "));
const columns = rows[0].filter((name) => /^(host|\d\d|rootless)$/.test(name));
const expected = (row, column) => row[rows[0].indexOf(column)];
const cannot = new Set();
for (const line of readFileSync("docs/machine/cannot.txt", "utf8").split("\n")) {
    if (!line || line.startsWith("#")) continue;
    const [name, ...where] = line.split(": ")[0].split(" ");
    for (const column of where.length ? where : columns) cannot.add(`${name} ${column}`);
}

/* ---- What comes out ------------------------------------------------------------- */

const VERDICTS = { "It got through.": "through", "It was held.": "held" };

async function verdicts(column, names) {
    const output = await root(`run-matrix --try ${column} ${names.join(" ")} 2>&1`,
        names.length * PATIENCE);
    return { output, found: [...output.matchAll(/^(It got through\.|It was held\.|No verdict).*$/gm)]
        .map(([all, begins]) => VERDICTS[begins] ?? all) };
}

async function runColumn(column) {
    const began = Date.now();
    const names = rows.slice(1).map((row) => [row[0].replaceAll("`", ""), expected(row, column)])
        .filter(([name, says]) => says !== "-" && !cannot.has(`${name} ${column}`));
    const wrong = [];
    const proof = await root(`run-matrix --prove ${column} 2>&1`, 4 * PATIENCE);
    if (!/\b2 passed, 0 failed/.test(proof)) wrong.push(`${column} is not what its name says: ${proof}`);
    for (let i = 0; i < names.length; i += AT_ONCE) {
        const some = names.slice(i, i + AT_ONCE);
        const { found } = await verdicts(column, some.map(([name]) => name));
        for (const [at, [name, says]] of some.entries()) {
            if (found[at] === says) continue;
            const again = await verdicts(column, [name]);
            if (again.found[0] !== says)
                wrong.push(`${name} in ${column}: ${again.found[0] ?? "it hung"}; the table says ${says}\n${again.output}`);
        }
    }
    const seconds = Math.round((Date.now() - began) / 1000);
    console.log(`${column}: ${names.length - wrong.length} of ${names.length} as the table says, ${seconds} s`);
    for (const line of wrong) console.log(`FAILED: ${line}`);
    return wrong.length;
}

let failed = 0;
for (const column of only.length ? only : columns) failed += await runColumn(column);
console.log(`${failed} failed; ${cannot.size} cells cannot be tried here`);
process.exit(failed ? 1 : 0);
