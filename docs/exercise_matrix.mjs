#!/usr/bin/env node
// exercise_matrix.mjs MACHINE.js V86... SITE.tar [NAME...]: the exercises in the machine
// of the page, under Node.js: each starter is compiled there and fails as
// expect_fail.txt says, and each solution passes.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Machine, rest, root, script } from "./in_node.mjs";

const [site, ...only] = rest;
const PATIENCE = 600e3; /* for each check */
const FOLDER = "/barco/tutorials";
const page = {};
script(execFileSync("tar", ["-xOf", site, "site/exercises.js"], { encoding: "utf8" }))(page);

/** Compiles a program and checks it: what the compiler says, or else the check. */
async function check(name, text, patience) {
    await Machine.put(`${FOLDER}/${name}.c`, text);
    const { output } = await Machine.compile(FOLDER, name, [`${name}.c`]);
    if (output) return output;
    return root(`${FOLDER}/checks --patience ${patience} ${name} ${FOLDER}/${name} 2>&1`, PATIENCE);
}

let failed = 0;
function expect(sentence, holds, said) {
    if (holds) return;
    failed++;
    console.log(`FAILED: ${sentence}\n${said}`);
}

let count = 0;
for (const [name, exercise] of Object.entries(page.barcoExercises)) {
    if (only.length && !only.includes(name)) continue;
    const began = Date.now();
    const line = readFileSync(
        `tutorials/${exercise.chapter}/exercises/${name}/expect_fail.txt`, "utf8").trim();
    const starter = await check(name, exercise.starter, 15);
    expect(`${name}: the starter fails as foretold`, starter.includes(line), starter);
    const half = Date.now();
    const solution = await check(name, exercise.solution, 60);
    expect(`${name}: the solution passes`, / passed, 0 failed$/.test(solution), solution);
    count++;
    const seconds = (from, to) => Math.round((to - from) / 1000);
    console.log(`${name}: starter ${seconds(began, half)} s, solution ${seconds(half, Date.now())} s`);
}
console.log(`${count} exercises, ${failed} failed`);
process.exit(failed || !count ? 1 : 0);
