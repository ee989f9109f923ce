#!/usr/bin/env node
// The editor beside the shells: stages and modules are changed, compiled in the
// machine, and run; what was written stays, and can be given back.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chapters, check, end, heard, open, phone, pictures, setTheme, url } from "./browser.mjs";

const CHAPTER = "chapter_05_cgroups.html";
const STAGE = "stages/05_cgroups.c";
const PATIENCE = 300e3;

const editor = (page) => page.locator("#beside-editor");
const press = (page, name) => editor(page).getByRole("button", { name, exact: true }).click();
const pick = (page, label, value) =>
    editor(page).getByLabel(label, { exact: true }).selectOption(value);
const outcome = (page) => page.locator("#beside-editor .outcome").textContent();
const shown = (page) => page.evaluate(() => [...document.querySelectorAll(
    "#beside-editor .cm-line")].map((line) => line.textContent).join("\n"));

const text = (page) => page.evaluate(() => CodeMirror.EditorView.findFromDOM(
    document.querySelector("#beside-editor .cm-editor")).state.doc.toString());

async function openEditor(page, name = "Edit this stage") {
    await page.getByRole("button", { name, exact: true }).first().click();
    await editor(page).locator(".cm-content").waitFor({ timeout: PATIENCE });
}

/** Presses a button that has the machine work, and waits until it has. */
async function work(page, name) {
    await press(page, name);
    await page.waitForFunction(() => !document.querySelector(
        '#beside-editor [aria-disabled="true"]'), null, { timeout: PATIENCE });
    return outcome(page);
}

/** Writes other words for the first of these in the file that is shown, by keyboard. */
async function change(page, from, to) {
    await editor(page).locator(".cm-content").focus();
    await page.keyboard.press("Control+f");
    await page.keyboard.press("Control+a");
    await page.keyboard.type(from);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    await page.keyboard.insertText(to);
}

/** What the first shell shows soon. */
async function shell(page, pattern) {
    try {
        await page.waitForFunction((words) => new RegExp(words).test(
            document.querySelector("#terminal-0 .xterm-accessibility-tree")?.innerText ?? ""),
        pattern, { timeout: 120e3 });
        return [];
    } catch {
        return [await page.locator("#terminal-0 .xterm-accessibility-tree").innerText()];
    }
}

/* ---- A stage ----------------------------------------------------------------- */

const page = await open(CHAPTER);
check("before it is asked for, nothing of the editor is loaded", await page.evaluate(() =>
    performance.getEntriesByType("resource").every(({ name }) => !/editor\.js|codemirror|sources\.js/.test(name))));
await openEditor(page);
check("the chapter's stage is shown whole", /Stage 05: limits/.test(await shown(page)));
check("it has the keyboard", await page.evaluate(() =>
    document.activeElement.matches("#beside-editor .cm-content")));

await change(page, "barco_hostname_set(BARCO_HOSTNAME));", 'barco_hostname_set("mine"))');
check("an error is told", /was not compiled: 1 error\./.test(await work(page, "Compile")),
    await outcome(page));
const source = await page.evaluate((name) => barcoSources.files[name].split("\n"), STAGE);
const line = source.findIndex((code) => code.includes("barco_hostname_set")) + 1;
const problem = editor(page).locator(".problems li.error");
/* A semicolon is missed where the next statement begins. */
check("it is listed with its line", new RegExp(`^${STAGE}:${line + 1}: error: `).test(
    await problem.first().textContent()), await problem.allTextContents());
check("and stands there", await editor(page).locator(".cm-lint-marker-error").count() === 1);
await pick(page, "File", "stages/01_clone.c");
await problem.getByRole("button").first().click();
check("from the list one gets to it", await editor(page).locator(".cm-activeLine").textContent() ===
    source[line], await editor(page).locator(".cm-activeLine").textContent());
for (const theme of ["light", "dark"]) {
    await setTheme(page, theme);
    check(`axe finds nothing in the ${theme} editor`, await heard(page, "#live"));
    await page.screenshot({ path: join(pictures, `edit-${theme}.png`) });
}
await setTheme(page, "light");

await change(page, 'barco_hostname_set("mine"))', 'barco_hostname_set("mine"));');
await editor(page).getByLabel("Arguments").fill("hostname");
await editor(page).locator(".cm-content").focus();
await page.keyboard.press("Control+Enter");
check("by keyboard it is compiled, and runs in the shell",
    await shell(page, "/barco/my/05_cgroups hostname\\s+mine\\n"));
check("success is told, with its time", /^05_cgroups was compiled in \d+ s\.$/.test(await outcome(page)),
    await outcome(page));

/* ---- A module ------------------------------------------------------------------ */

await pick(page, "File", "common/cgroup_limits.c");
await change(page, "limits->pids_max", "limits->pids_max + 1");
await editor(page).getByLabel("Arguments").fill("--pids 20 sh -c 'cat /sys/fs/cgroup/pids.max; hostname'");
await work(page, "Run");
check("a module is linked anew, with the stage that was changed", await shell(page, "\\n21\\s+mine\\n"));
await pick(page, "File", "common/hostname.c");
await change(page, "int barco_hostname_set", "int my_hostname_set");
await work(page, "Compile");
check("what the library misses in a module is explained", /defined twice; your file lacks/.test(
    await editor(page).locator(".problems").textContent()),
await editor(page).locator(".problems").textContent());
await press(page, "Reset file");
check("a module that tcc cannot compile is not offered, and why is said", /tcc/.test(await editor(page)
    .locator('option[value="common/seccomp_log.c"][disabled]').textContent()));

/* ---- Leaving, comparing, downloading, giving back -------------------------------- */

await pick(page, "File", STAGE);
check("what is edited is marked", /\(edited\)/.test(await editor(page).locator(
    `option[value="${STAGE}"]`).textContent()));
await press(page, "Compare");
check("the original's line stands above the changed one", /BARCO_HOSTNAME/.test(
    await editor(page).locator(".cm-deletedChunk").textContent()) && /"mine"/.test(
    await editor(page).locator(".cm-changedLine").first().textContent()));
for (const theme of ["light", "dark"]) {
    await setTheme(page, theme);
    check(`axe finds nothing in the ${theme} comparison`, await heard(page, "#live"));
}
await press(page, "Compare");
const saving = page.waitForEvent("download");
await press(page, "Download");
const saved = await saving;
check("it can be downloaded", saved.suggestedFilename() === "05_cgroups.c" &&
    readFileSync(await saved.path(), "utf8").includes('barco_hostname_set("mine")'));

await editor(page).locator(".cm-content").focus();
await page.keyboard.press("Escape");
await page.keyboard.press("Tab");
check("Escape and Tab leave the editor", await page.evaluate(() =>
    !document.activeElement.closest(".cm-editor")));

await page.reload();
await openEditor(page);
check("it is still there when the page is loaded again", /"mine"/.test(await text(page)));
await press(page, "Reset file");
check("it can be reset", /BARCO_HOSTNAME/.test(await text(page)) && !/"mine"/.test(await text(page)));
await press(page, "Undo reset");
check("which can be undone", /"mine"/.test(await text(page)));
await press(page, "Reset file");
await pick(page, "File", "common/cgroup_limits.c");
await press(page, "Reset file");
check("then no file is marked", await editor(page).locator("option", { hasText: "(edited)" }).count() === 0);

/* ---- The holes -------------------------------------------------------------------- */

for (const stage of chapters.map((name) => name.slice("chapter_".length, -".html".length))) {
    await pick(page, "File", `stages/${stage}.c`);
    const full = await work(page, "Check");
    check(`${stage} passes its check`, /^Done: /.test(full), full,
        await editor(page).locator(".printed").textContent());
    await pick(page, "How much of it", "hole");
    check(`${stage} shows its hole`, /YOUR PART/.test(await shown(page)));
    const hole = await work(page, "Check");
    check(`${stage} with its hole is compiled, and fails its check`, /^Not yet: /.test(hole) &&
        await editor(page).locator(".problems li").count() === 0, hole);
}
await press(page, "Compare");
check("compared, a hole shows what belongs there", /barco_container_run/.test(
    (await editor(page).locator(".cm-deletedChunk").allTextContents()).join()));
check("nothing went wrong, and nothing outside was asked", page.noise);
await page.context().close();

/* ---- A phone, and a browser that stores nothing ------------------------------------- */

const small = await open(null, { viewport: phone });
await small.addInitScript(() => Object.defineProperty(window, "localStorage",
    { get: () => { throw new DOMException("refused", "SecurityError"); } }));
await small.goto(url(CHAPTER));
await openEditor(small, "Edit this file");
check("a listing opens its file, where it is quoted", await editor(small).locator(".cm-activeLine")
    .textContent() === await small.locator("figure.listing .line").first().textContent());
check("on a phone nothing is wider than the page", await small.evaluate(() =>
    document.documentElement.scrollWidth <= innerWidth));
check("and the text has room", await small.evaluate(() =>
    document.querySelector("#beside-editor .cm-editor").clientHeight > 200));
await small.keyboard.type("int");
check("storage that is refused is told", /stores nothing/.test(await work(small, "Compile")),
    await outcome(small));
await small.screenshot({ path: join(pictures, "edit-phone.png") });
await end();
