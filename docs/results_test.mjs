#!/usr/bin/env node
// The pages that `grade` writes for a class: axe finds nothing, and none is wider than a phone.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { check, end, heard, open, phone, pictures, site, wide } from "./browser.mjs";

execFileSync("python3", ["-B", "-c", `
import pathlib, sys, types
sys.path.insert(0, "tutorials/grading")
import report

names = [f"exercise_{number}" for number in range(27)]
tasks = [types.SimpleNamespace(name=n, title=f"The {n}", chapter="01_clone") for n in names]
failure = {"saw": "word " * 200, "expected": "x" * 300}
kinds = [(report.PASSED, "", []), ("failed", "", [failure]), ("not compiled", "error " * 40, [])]
seen = {name: {"result": result, "said": said, "tests": [{"test": "it does", "failures": failures}]}
        for name, (result, said, failures) in zip(names, kinds)}
record = {"student": "Anna " * 9, "entry": "anna", "key": "anna", "seed": 1, "seconds": 1,
          "notes": ["b.c: there is no exercise of that name"], "exercises": seen}
out = pathlib.Path(sys.argv[1])
(out / "students").mkdir()
(out / "index.html").write_text(report.index(tasks, [record], ["a note"]))
(out / "students/anna.html").write_text(report.student(tasks, record))
`, site]);

const fits = () => document.documentElement.scrollWidth <= innerWidth;
for (const name of ["index", "students/anna"])
    for (const colorScheme of ["light", "dark"])
        for (const viewport of [wide, phone]) {
            const page = await open(undefined, { colorScheme, viewport });
            await page.goto(pathToFileURL(join(site, `${name}.html`)).href);
            const where = `${name}, ${colorScheme}, ${viewport.width} wide`;
            check(`axe finds nothing on ${where}`, await heard(page));
            check(`nothing sticks out of ${where}`, await page.evaluate(fits));
            check(`the browser accepts ${where}`, page.noise);
            await page.screenshot({ path: join(pictures, `${where.replace(/\W+/g, "-")}.png`), fullPage: true });
            await page.context().close();
        }
await end();
