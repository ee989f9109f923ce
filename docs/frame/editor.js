/* An editor beside the shells, for the stages and the library's modules: what the
   reader writes is compiled in the machine, by tcc, and run in the first shell. What
   was edited stays in the browser's storage.

   edit.js opens it, and loads this, code.js, CodeMirror and the sources when it first does. */
"use strict";

const Editor = (() => {
    const { element, button } = Live;
    const HERE = "/barco/my"; /* beside the sources, so that a stage finds its root */

    /** A stage's source, or null if a file is none. */
    const stageOf = (file) => /^stages\/(\w+)\.c$/.exec(file)?.[1];

    /* ---- What the reader has written ------------------------------------------ */

    /** Whether the reader edits a file with the hole of its chapter. */
    const hasHole = (file) => kept(`${file} with a hole`) !== null;
    const keyOf = (file) => (hasHole(file) ? `${file} hole` : file);
    const whole = (file) => barcoSources.files[file];
    const original = (file) => (hasHole(file) ? barcoSources.holes[stageOf(file)].text : whole(file));
    const textOf = (file) => kept(keyOf(file)) ?? original(file);
    const isEdited = (file) => kept(keyOf(file)) !== null;

    /* ---- The machine's compiler ------------------------------------------------ */

    const sent = new Map(); /* what the machine has of the reader's files */
    Live.onReset(() => { sent.clear(); built = null; });

    /** Writes a file of the reader's into the machine. */
    async function send(file) {
        const text = textOf(file);
        if (sent.get(file) === text) return;
        await Machine.put(`${HERE}/${file}`, text);
        sent.set(file, text);
    }

    let built = null; /* what the last program was made of, so as not to make it twice */

    /**
     * Makes a stage, of the reader's files where there are some. Their modules come
     * before the library, of which the linker takes only what is still missing.
     */
    async function make(stage) {
        const source = `stages/${stage}.c`;
        const own = Object.keys(barcoSources.files).filter((file) =>
            isOwn(file) && (file === source || !stageOf(file)));
        const now = JSON.stringify([stage, ...own.map((file) => [file, textOf(file)])]);
        if (built?.of === now) return built;
        await Machine.command(`mkdir -p ${HERE}`);
        for (const file of own) await send(file);
        const inputs = [own.includes(source) ? source : `../${source}`,
            ...own.filter((file) => file !== source)];
        const { status, output } = await Machine.compile(HERE, stage, inputs);
        built = { of: now, works: status === 0, problems: Code.problemsIn(output), output };
        return built;
    }

    /** A file that is not as the machine has it: edited, or with a hole. */
    const isOwn = (file) => isEdited(file) || hasHole(file);

    const userOf = (stage) => barcoSources.holes[stage]?.user ?? "learner";

    /* ---- The panel -------------------------------------------------------------- */

    const files = element("select", { "aria-label": "File" });
    const variant = element("select", { "aria-label": "How much of it" },
        new Option("whole", ""), new Option("with a hole", "hole"));
    const program = element("select", { "aria-label": "Stage to compile and run" });
    const words = element("input", { "aria-label": "Arguments", spellcheck: "false",
        autocapitalize: "off", autocomplete: "off" });
    const printed = element("pre", { class: "printed", tabindex: "0", hidden: "",
        "aria-label": "What it printed" });
    const comparer = button("Compare", toggleCompare);
    comparer.setAttribute("aria-pressed", "false");

    let desk = null;
    let checker = null;
    let file = null;
    const SECOND_COPY = "defined twice";

    function makeDesk() {
        desk = Code.desk({
            run, id: "edit-help", name: () => file, original: () => original(file),
            changed: (now) => {
                keep(keyOf(file), now === original(file) ? null : now);
                showMarks();
            },
            visit: (name) => barcoSources.files[name] && (() => { if (name !== file) show(name); }),
            explain: (said) => (said.includes(SECOND_COPY)
                ? "; your file lacks something that others need, so the library’s own came too" : ""),
        });
        checker = desk.worker("Check", checkHole,
            { title: "Runs what the hole’s comment says, and looks for what it should show" });
    }

    async function compile() {
        const stage = program.value;
        const begin = performance.now();
        desk.say(`Compiling ${stage} …`);
        printed.hidden = true;
        const made = await make(stage);
        desk.showProblems(made.problems);
        desk.say(Code.outcome(stage, made, (performance.now() - begin) / 1000));
        return made.works;
    }

    async function run() {
        const stage = program.value;
        if (await compile())
            await Live.run(`${HERE}/${stage} ${words.value}`.trim(), { port: 0, user: userOf(stage) });
    }

    /** Whether the hole is filled: its command shows what the comment in it says. */
    async function checkHole() {
        const stage = program.value;
        if (!await compile()) return;
        const { arguments: typed, shows, user } = barcoSources.holes[stage];
        desk.say("Checking …");
        const { output } = await Machine.command(`cd /tmp; timeout 60 /lab/run-as ${user} sh -lc ` +
            `${Machine.quote(`${HERE}/${stage} ${typed}`)} 2>&1`);
        printed.textContent = output || "(nothing)";
        printed.hidden = false;
        desk.say(output.includes(shows) ? `Done: “${stage} ${typed}” shows “${shows}”.`
            : `Not yet: “${stage} ${typed}” does not show “${shows}”. It printed:`);
    }

    /* ---- The text ----------------------------------------------------------------- */

    /** Which files are edited. */
    function showMarks() {
        for (const option of files.querySelectorAll("option"))
            option.textContent = option.disabled ? option.textContent
                : `${option.value}${isEdited(option.value) ? " (edited)" : ""}`;
    }

    /** Shows a file, as the reader left it. */
    function show(name) {
        file = name;
        files.value = name;
        const stage = stageOf(name);
        variant.hidden = !barcoSources.holes[stage];
        variant.value = hasHole(name) ? "hole" : "";
        if (stage) setProgram(stage);
        program.disabled = Boolean(stage);
        desk.show(keyOf(name), textOf(name), "YOUR PART");
        showCompare();
        showMarks();
    }

    function setProgram(stage) {
        if (program.value !== stage || !words.value)
            words.value = barcoSources.holes[stage]?.arguments ?? "--demo";
        program.value = stage;
        checker.hidden = !barcoSources.holes[stage];
    }

    function setVariant() {
        keep(`${file} with a hole`, variant.value || null);
        desk.showProblems([]);
        show(file);
    }

    function toggleCompare() {
        comparer.setAttribute("aria-pressed", comparer.getAttribute("aria-pressed") !== "true");
        showCompare();
    }

    /** The differences from the whole original: with a hole, those are the solution. */
    function showCompare() {
        const on = comparer.getAttribute("aria-pressed") === "true";
        desk.compare(on ? whole(file) : null);
        if (on) desk.say(desk.value() === whole(file) ? `${file} is as in the original.`
            : "Red lines are the original’s, green ones yours.");
    }

    /* ---- Opening ------------------------------------------------------------------- */

    function group(label, names) {
        return element("optgroup", { label }, ...names.map((name) => {
            const why = barcoSources.notCompiled[name];
            const option = new Option(why ? `${name}: ${why}` : name, name);
            option.disabled = Boolean(why);
            return option;
        }));
    }

    function build(place) {
        makeDesk();
        const names = Object.keys(barcoSources.files);
        files.append(group("Stages", names.filter(stageOf)),
            group("The library", names.filter((name) => name.startsWith("common/"))),
            group("Options", names.filter((name) => name.startsWith("stages/options/"))));
        for (const name of names.filter(stageOf)) program.append(new Option(stageOf(name)));
        files.addEventListener("change", () => show(files.value));
        variant.addEventListener("change", setVariant);
        program.addEventListener("change", () => setProgram(program.value));
        words.addEventListener("keydown", (event) => { if (event.key === "Enter") desk.busy(run); });
        place.append(
            element("div", { class: "edit-bar" }, files, variant, comparer, desk.resetter,
                desk.downloader),
            element("div", { class: "edit-bar" }, desk.worker("Compile", compile),
                desk.worker("Run", run), program, words, checker),
            desk.says, desk.list, printed, desk.text, desk.help);
    }

    /** Shows a file, at a line that begins with some words, or else the stage of the page. */
    function open({ stage, name, at }) {
        if (!file) setProgram(stage);
        const next = name ?? file ?? `stages/${stage}.c`;
        if (next !== file) show(next);
        if (at) desk.reveal(desk.lineOf(at) ?? 1);
        desk.focus();
    }

    return { build, open };
})();
