#!/usr/bin/env node
// An exercise in the page: it is opened from its card, compiled, checked, helped with,
// passed, and remembered; a file has it for the teacher.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check, end, heard, open, phone, pictures, setTheme } from "./browser.mjs";

const CHAPTER = "chapter_01_clone.html";
const NAME = "inherited_signals";
const TITLE = "Born deaf";
const FAILS = readFileSync(`tutorials/01_clone/exercises/${NAME}/expect_fail.txt`, "utf8")
    .replace("FAILED", "").trim();
const PATIENCE = 300e3;

const bench = (page) => page.locator("#beside-exercise");
const named = (page, name) => bench(page).getByRole("button", { name, exact: true });
const outcome = (page) => bench(page).locator(".outcome").textContent();
const state = (page, name = NAME) => page.locator(`[data-exercise="${name}"] .state`);
const text = (page) => page.evaluate(() => CodeMirror.EditorView.findFromDOM(
    document.querySelector("#beside-exercise .cm-editor")).state.doc.toString());
const tests = (page, kind) => bench(page).locator(`.results .${kind}`).allTextContents();

async function openExercise(page, title = TITLE) {
    await page.getByRole("button", { name: `Do it here: ${title}`, exact: true }).click();
    await bench(page).locator(".cm-content").waitFor({ timeout: PATIENCE });
}

/** Presses a button that has the machine work, and waits until it has. */
async function work(page, name) {
    await named(page, name).click();
    await page.waitForFunction(() => !document.querySelector(
        '#beside-exercise [aria-disabled="true"]'), null, { timeout: PATIENCE });
    return outcome(page);
}

/** Types at the end of the program, or another program. */
async function type(page, text, key = "Control+End") {
    await bench(page).locator(".cm-content").focus();
    await page.keyboard.press(key);
    await page.keyboard.insertText(text);
}

async function isClear(page, what) {
    for (const theme of ["light", "dark"]) {
        await setTheme(page, theme);
        check(`axe finds nothing in ${what}, ${theme}`, await heard(page));
        await page.screenshot({ path: join(pictures, `exercise-${what.replace(/\W+/g, "-")}-${theme}.png`) });
    }
    await setTheme(page, "light");
}

/* ---- A program that is not right yet -------------------------------------------- */

const page = await open("index.html");
check("a reader who has done nothing sees no progress", await page.locator("#progress").isHidden());
await page.goto(page.url().replace("index.html", CHAPTER));
check("before it is asked for, nothing of it is loaded", await page.evaluate(() =>
    performance.getEntriesByType("resource").every(({ name }) => !/workbench|codemirror|exercises\.js/.test(name))));
check("each exercise of the chapter can be done", await page.locator(".exercise .do button").count() === 3);
await openExercise(page);
check("the goal is shown", /born with a clean slate/.test(await bench(page).locator(".goal").textContent()));
check("the program has the keyboard", await page.evaluate(() =>
    document.activeElement.matches("#beside-exercise .cm-content")));
check("it has no mark yet", await state(page).textContent() === "");

await type(page, "int wrong(void) { return }");
check("an error is told", /^inherited_signals\.c was not compiled: 1 error\.$/.test(await work(page, "Check")),
    await outcome(page));
const line = (await page.evaluate((name) => barcoExercises[name].starter, NAME)).split("\n").length;
const problem = bench(page).locator(".problems li.error");
check("it is listed with its line", (await problem.textContent()).startsWith(`${NAME}.c:${line}: error: `),
    await problem.allTextContents());
check("and stands there", await bench(page).locator(".cm-lint-marker-error").count() === 1);
await isClear(page, "an error");
await named(page, "Reset file").click();

check("the starter does not pass", /^Not yet: \d of 6 tests passed, in \d+ s\.$/.test(await work(page, "Check")),
    await outcome(page));
check("what fails is said, with what was seen", (await tests(page, "failed")).some((words) =>
    words.startsWith(`✗ FAILED ${FAILS}`) && /saw.*expected/.test(words)), await tests(page, "failed"));
check("the card says that it is begun", await state(page).textContent() === "Begun");
check("there is no solution yet, and no next exercise",
    await named(page, "Solution").isHidden() && await named(page, "Next exercise").isHidden());
await isClear(page, "a check that failed");

await named(page, "Hint").click();
await named(page, "Hint (1 of 3)").click();
check("each press gives one hint more", await bench(page).locator(".hints li").count() === 2);
await type(page, "/* mine */");
await page.reload();
await openExercise(page);
check("hints and program are still there when the page is loaded again",
    await bench(page).locator(".hints li").count() === 2 &&
    /\/\* mine \*\/$/.test(await text(page)));

/* ---- One that is ------------------------------------------------------------------ */

const solution = await page.evaluate((name) => barcoExercises[name].solution, NAME);
await type(page, solution, "Control+a");
check("the solution passes", /^Done: 6 of 6 tests passed, in \d+ s\./.test(await work(page, "Check")),
    await outcome(page), await tests(page, "failed"));
check("each test is shown", (await tests(page, "ok")).length === 6);
check("the card is marked, and says so", await state(page).textContent() === "✓ Done" &&
    await state(page).getAttribute("role") === "status");
await named(page, "Compare").click();
check("compared, the starter's lines stand above", /TODO/.test(
    (await bench(page).locator(".cm-deletedChunk").allTextContents()).join()));
await named(page, "Solution").click();
check("compared with the book's, nothing differs", /is the book’s/.test(await outcome(page)) &&
    await bench(page).locator(".cm-deletedChunk").count() === 0, await outcome(page));
await isClear(page, "an exercise that passed");
await work(page, "Run");
check("it runs in the shell, by the command of its text", await page.waitForFunction(() =>
    /ignored: 15/.test(document.querySelector("#terminal-0 .xterm-accessibility-tree").innerText),
null, { timeout: PATIENCE }).then(() => true, () => false), await outcome(page),
await page.locator("#terminal-0 .xterm-accessibility-tree").innerText());
await named(page, "Next exercise").click();
check("the next one comes", /Reap|Nobody buries/.test(await bench(page).getByLabel("Exercise", { exact: true })
    .locator("option:checked").textContent()));
await page.getByRole("button", { name: "Close" }).click();
check("the dock can be closed", await page.locator("#live").isHidden());

/* ---- What is remembered --------------------------------------------------------------- */

const counts = () => page.locator("#progress .count").allTextContents();
await page.goto(page.url().replace(/[^/]*$/, "index.html"));
check("the front page counts it", JSON.stringify(await counts()) ===
    JSON.stringify(["1 of 3", ...Array(8).fill("0 of 3")]), await counts());
await isClear(page, "the front page");
await page.goto(page.url().replace(/[^/]*$/, "exercises.html"));
check("so does the table of all", await state(page).textContent() === "✓ Done" &&
    (await counts())[0] === "1 of 3");
await isClear(page, "the table of all");
await page.getByLabel("Your name").fill("Ada L.");
const saving = page.waitForEvent("download");
await page.getByRole("button", { name: "Download your progress" }).click();
const file = JSON.parse(readFileSync(await (await saving).path(), "utf8"));
const { passed, hints, program } = file.exercises[NAME];
check("the file for the teacher has it", file.barco === "progress" && file.version === 1 &&
    file.student === "Ada L." && hints === 2 && program === solution &&
    Math.abs(Date.now() - Date.parse(passed)) < 3600e3, file);
check("it is named after its student", (await saving).suggestedFilename() === "Ada-L.json");
check("nothing went wrong, and nothing outside was asked", page.noise);
await page.context().close();

/* ---- A phone ------------------------------------------------------------------------------ */

const small = await open("exercises.html", { viewport: phone });
await openExercise(small);
check("on a phone nothing is wider than the page", await small.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth));
check("and the text has room", await small.evaluate(() =>
    document.querySelector("#beside-exercise .cm-editor").clientHeight > 150));
await small.screenshot({ path: join(pictures, "exercise-phone.png") });
await end();
