/* An exercise beside the shells: what to do, the reader's program, which is compiled and
   checked in the machine, hints one at a time, and the solution when it has passed.

   progress.js opens it, and loads this, code.js, CodeMirror and the exercises when it
   first does. */
"use strict";

const Workbench = (() => {
    const { element, button } = Live;
    const FOLDER = "/barco/tutorials"; /* the checks' own, on the shells' PATH */
    const tasks = barcoExercises;
    const names = Object.keys(tasks);
    const keyOf = (name) => `exercise ${name}`;
    const chapterOf = (task) => `Chapter ${Number(task.chapter.slice(0, 2))}`;

    let now = null; /* the exercise that is shown */
    const task = () => tasks[now];
    const file = () => `${now}.c`;

    /* ---- The panel ------------------------------------------------------------------ */

    const choice = element("select", { "aria-label": "Exercise" });
    const goal = element("details", { class: "goal", open: "" });
    const command = element("textarea", { "aria-label": "What Run types into the shell", rows: "1",
        spellcheck: "false", autocapitalize: "off", autocomplete: "off" });
    const clock = element("span", { class: "clock", "aria-hidden": "true" });
    const results = element("ul", { class: "results", tabindex: "0", "aria-label": "What the check saw" });
    const printed = element("pre", { class: "printed", tabindex: "0", hidden: "",
        "aria-label": "What the check printed" });
    const hints = element("ol", { class: "hints", "aria-label": "Hints" });
    const hinter = button("Hint", hint);
    const nextOne = button("Next exercise", () => show(names[names.indexOf(now) + 1]));
    const views = { /* which text the reader's is compared with */
        Compare: { words: "the starter’s", text: () => task().starter },
        Solution: { words: "the book’s", text: () => task().solution },
    };
    for (const [words, view] of Object.entries(views)) {
        view.button = button(words, () => compare(words));
        view.button.setAttribute("aria-pressed", "false");
    }
    views.Compare.button.title = "Shows what differs from the starter";
    let desk = null;
    let checker = null;

    /* ---- Compile, run ----------------------------------------------------------------- */

    let built = null; /* what the machine has a program of */
    Live.onReset(() => { built = null; });

    async function compile() {
        const text = desk.value();
        const begin = performance.now();
        clearResults();
        desk.say(`Compiling ${file()} …`);
        if (built?.of !== now + text) {
            await Machine.put(`${FOLDER}/${file()}`, text);
            const { status, output } = await Machine.compile(FOLDER, now, [file()]);
            built = { of: now + text, works: status === 0, problems: Code.problemsIn(output), output };
        }
        desk.showProblems(built.problems);
        desk.say(Code.outcome(file(), built, (performance.now() - begin) / 1000));
        return built.works;
    }

    async function run() {
        if (await compile()) await Live.run(command.value.trim(), { port: 0, user: task().user });
    }

    /* ---- Check --------------------------------------------------------------------------- */

    function clearResults() {
        results.replaceChildren();
        printed.hidden = true;
        printed.textContent = "";
    }

    /** A line of the check: a test, with what it saw, or what went wrong. */
    function showLine(line) {
        let test;
        try {
            test = JSON.parse(line);
        } catch {
            printed.append(`${line}\n`);
            printed.hidden = false;
            return null;
        }
        const passed = !test.failures.length;
        results.append(element("li", { class: passed ? "ok" : "failed" },
            element("b", {}, passed ? "✓ ok" : "✗ FAILED"), ` ${test.test}`,
            ...test.failures.map(({ saw, expected }) => element("dl", {},
                element("dt", {}, "saw"), element("dd", {}, saw),
                element("dt", {}, "expected"), element("dd", {}, expected)))));
        return passed;
    }

    /** The tests of a check, and how it ended; the seconds are counted. */
    async function tests(name) {
        const began = performance.now();
        const seconds = () => Math.round((performance.now() - began) / 1000);
        const usual = Progress.of(name).seconds;
        const tick = () => { clock.textContent = ` ${seconds()} s${usual ? ` of about ${usual}` : ""}`; };
        const timer = setInterval(tick, 1000);
        tick();
        let passed = 0;
        let failed = 0;
        try {
            const { status } = await Machine.command(`${FOLDER}/checks --json ${name} ${FOLDER}/${name} 2>&1`,
                (line) => {
                    const held = showLine(line);
                    if (held !== null) held ? passed++ : failed++;
                });
            return { status, passed, failed, seconds: seconds() };
        } finally {
            clearInterval(timer);
            clock.textContent = "";
        }
    }

    async function check() {
        const name = now;
        const text = desk.value();
        Progress.begin(name);
        if (!await compile()) return;
        desk.say("Checking, in the machine …");
        const { status, passed, failed, seconds } = await tests(name);
        const all = `${passed} of ${passed + failed} tests passed, in ${seconds} s.`;
        if (status === 0 && passed && !failed) {
            Progress.note(name, { passed: Progress.of(name).passed ?? new Date().toISOString(),
                program: text, seconds });
            desk.say(`Done: ${all} “Solution” now shows the book’s.`);
        } else if (status === 1) {
            Progress.note(name, { seconds });
            desk.say(`Not yet: ${all}`);
        } else {
            desk.say(`It could not be checked; the check ended with ${status}.`);
        }
        results.querySelector(".failed")?.scrollIntoView({ block: "nearest" });
        showProgress();
    }

    /* ---- Hints, comparing ------------------------------------------------------------------ */

    function hint() {
        const given = Math.min(task().hints.length, (Progress.of(now).hints ?? 0) + 1);
        Progress.note(now, { hints: given });
        showProgress();
        desk.say(`Hint ${given} of ${task().hints.length}.`);
        hints.lastElementChild.scrollIntoView({ block: "nearest" });
    }

    function compare(words) {
        for (const [other, view] of Object.entries(views))
            view.button.setAttribute("aria-pressed", other === words &&
                view.button.getAttribute("aria-pressed") !== "true");
        showCompare();
    }

    function showCompare() {
        const view = Object.values(views).find((one) => one.button.getAttribute("aria-pressed") === "true");
        desk.compare(view ? view.text() : null);
        if (view) desk.say(desk.value() === view.text() ? `Your program is ${view.words}.`
            : `Red lines are ${view.words}, green ones yours.`);
    }

    /* ---- Which exercise ---------------------------------------------------------------------- */

    /** What depends on how far the reader is. */
    function showProgress() {
        const { passed, hints: given = 0 } = Progress.of(now);
        for (const option of choice.querySelectorAll("option"))
            option.textContent = `${Progress.of(option.value).passed ? "✓ " : ""}${tasks[option.value].title}`;
        hints.replaceChildren(...task().hints.slice(0, given).map((text) => {
            const item = element("li");
            item.innerHTML = text;
            return item;
        }));
        hints.hidden = !given;
        hinter.textContent = given ? `Hint (${given} of ${task().hints.length})` : "Hint";
        hinter.disabled = given === task().hints.length;
        views.Solution.button.hidden = !passed || !task().solution;
        nextOne.hidden = !passed || now === names.at(-1);
    }

    function show(name) {
        now = name;
        choice.value = name;
        keep("exercise", name);
        goal.replaceChildren(element("summary", {}, `${task().kind}, ${task().minutes} minutes, ${
            chapterOf(task()).toLowerCase()}`));
        goal.insertAdjacentHTML("beforeend", task().text);
        command.value = task().command;
        command.rows = task().command.split("\n").length;
        for (const { button: one } of Object.values(views)) one.setAttribute("aria-pressed", "false");
        clearResults();
        desk.showProblems([]);
        checker.hidden = task().hidden;
        desk.say(task().hidden ? "Your teacher checks this one: download your progress for them." : "");
        desk.show(keyOf(name), kept(keyOf(name)) ?? task().starter, "TODO");
        desk.compare(null);
        showProgress();
    }

    function build(place) {
        desk = Code.desk({
            run, id: "exercise-help", name: file, original: () => task().starter,
            changed: (text) => {
                keep(keyOf(now), text === task().starter ? null : text);
                Progress.begin(now);
            },
            visit: (name) => name === file() && (() => {}),
        });
        checker = desk.worker("Check", check, { title: "Has the machine’s root look at what it does" });
        for (const chapter of new Set(Object.values(tasks).map(chapterOf)))
            choice.append(element("optgroup", { label: chapter }, ...names
                .filter((name) => chapterOf(tasks[name]) === chapter)
                .map((name) => new Option(tasks[name].title, name))));
        choice.addEventListener("change", () => show(choice.value));
        place.append(
            element("div", { class: "edit-bar" }, choice),
            goal,
            element("div", { class: "edit-bar" }, desk.worker("Compile", compile), desk.worker("Run", run),
                command, checker),
            element("div", { class: "edit-bar" }, hinter, views.Compare.button, views.Solution.button,
                desk.resetter, desk.downloader),
            element("div", { class: "outcome-line" }, desk.says, clock, nextOne), desk.list, results, printed, hints,
            desk.text, desk.help);
    }

    /** Shows an exercise, or the one before; it begins with the first. */
    function open(name) {
        const next = name ?? now ?? kept("exercise") ?? names[0];
        if (next !== now) show(next in tasks ? next : names[0]);
        desk.focus();
    }

    return { build, open };
})();
