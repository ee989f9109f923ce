/* An editor beside the shells, for the stages and the library's modules: what the
   reader writes is compiled in the machine, by tcc, and run in the first shell. What
   was edited stays in the browser's storage.

   edit.js opens it, and loads this, CodeMirror and the sources when it first does. */
"use strict";

const Editor = (() => {
    const { element, button } = Live;
    const HERE = "/barco/my"; /* beside the sources, so that a stage finds its root */
    const TCC = "tcc -std=gnu17 -D_GNU_SOURCE -I../include -I.. -I../common -I../stages/options";
    const LIBRARIES = "../lib/libbarco.a -lseccomp -ljson-c -lcap -lbsd -lmd";

    /** A stage's source, or null if a file is none. */
    const stageOf = (file) => /^stages\/(\w+)\.c$/.exec(file)?.[1];

    /* ---- What the reader has written ------------------------------------------ */

    const unsaved = new Map();
    let refused = false;

    /** Runs what uses the browser's storage, which may be forbidden or full. */
    function stored(action) {
        try {
            return action(localStorage);
        } catch {
            refused = true;
            return null;
        }
    }

    function keep(key, value) {
        unsaved.set(key, value);
        stored((storage) => (value === null ? storage.removeItem(`barco ${key}`)
            : storage.setItem(`barco ${key}`, value)));
    }

    const kept = (key) => (unsaved.has(key) ? unsaved.get(key)
        : stored((storage) => storage.getItem(`barco ${key}`)));

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

    async function root(line) {
        const answer = await Machine.command(line);
        if (answer.status) throw new Error(answer.output || line);
    }

    /** Writes a file of the reader's into the machine: in base64, which a line can have. */
    async function send(file) {
        const text = textOf(file);
        if (sent.get(file) === text) return;
        const packed = btoa(String.fromCharCode(...new TextEncoder().encode(text)));
        await root(`mkdir -p ${HERE}/${file.replace(/[^/]*$/, "")} && : >${HERE}/packed`);
        for (const part of packed.match(/.{1,3000}/g) ?? [])
            await root(`echo ${part} >>${HERE}/packed`);
        await root(`base64 -d ${HERE}/packed >${HERE}/${file} && rm ${HERE}/packed`);
        sent.set(file, text);
    }

    /** What tcc says, as problems: of a line, or of the whole program. */
    function problemsIn(output) {
        const problems = [];
        for (const line of output.split("\n")) {
            const [, file, number, kind, words] =
                /^(?:\.\.\/)?([^:]*)(?::(\d+))?: (error|warning): (.*)$/.exec(line) ?? [];
            if (words) problems.push({ file, line: number && Number(number), kind, words });
        }
        return problems;
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
        await root(`mkdir -p ${HERE}`);
        for (const file of own) await send(file);
        const inputs = [own.includes(source) ? source : `../${source}`,
            ...own.filter((file) => file !== source)];
        const { status, output } = await Machine.command(
            `cd ${HERE} && ${TCC} -o ${stage} ${inputs.join(" ")} ${LIBRARIES} 2>&1`);
        built = { of: now, works: status === 0, problems: problemsIn(output), output };
        return built;
    }

    /** A file that is not as the machine has it: edited, or with a hole. */
    const isOwn = (file) => isEdited(file) || hasHole(file);

    const userOf = (stage) => barcoSources.holes[stage]?.user ?? "learner";
    const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

    /* ---- The panel -------------------------------------------------------------- */

    const files = element("select", { "aria-label": "File" });
    const variant = element("select", { "aria-label": "How much of it" },
        new Option("whole", ""), new Option("with a hole", "hole"));
    const program = element("select", { "aria-label": "Stage to compile and run" });
    const words = element("input", { "aria-label": "Arguments", spellcheck: "false",
        autocapitalize: "off", autocomplete: "off" });
    const says = element("p", { role: "status", class: "outcome" });
    const list = element("ul", { class: "problems" });
    const printed = element("pre", { class: "printed", tabindex: "0", hidden: "",
        "aria-label": "What it printed" });
    const text = element("div", { class: "text" });
    const buttons = {
        compile: button("Compile", () => busy(compile)),
        run: button("Run", () => busy(run)),
        check: button("Check", () => busy(checkHole),
            { title: "Runs what the hole’s comment says, and looks for what it should show" }),
        compare: button("Compare", toggleCompare),
        reset: button("Reset file", reset, { title: "Gives the original back" }),
        download: button("Download", download),
    };
    buttons.compare.setAttribute("aria-pressed", "false");

    let file = null;
    let keyOfShown = null;
    let view = null;
    let undo = null; /* what the last reset took away */
    let problems = [];
    let working = false;
    const states = new Map(); /* of each file that was shown, with its history */

    function say(sentence) {
        says.textContent = refused
            ? `${sentence} This browser stores nothing: download what you want to keep.` : sentence;
    }

    /** Buttons that do nothing now; they stay where the keyboard finds them. */
    function setWorking(is) {
        working = is;
        for (const one of [buttons.compile, buttons.run, buttons.check])
            one.setAttribute("aria-disabled", is);
    }

    /** Lets one thing be done at a time. */
    async function busy(action) {
        if (working) return;
        setWorking(true);
        try {
            await action();
        } catch (error) {
            say(`That failed: ${error.message}`);
        }
        setWorking(false);
    }

    async function compile() {
        const stage = program.value;
        const begin = performance.now();
        say(`Compiling ${stage} …`);
        printed.hidden = true;
        const { works, problems: found, output } = await make(stage);
        problems = found;
        showProblems();
        const errors = found.filter(({ kind }) => kind === "error").length;
        const seconds = Math.max(1, Math.round((performance.now() - begin) / 1000));
        const warnings = found.length - errors;
        const also = warnings ? `, with ${count(warnings, "warning")}` : "";
        say(works ? `${stage} was compiled in ${seconds} s${also}.`
            : `${stage} was not compiled: ${errors ? count(errors, "error") : output}${also}.`);
        return works;
    }

    const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

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
        say("Checking …");
        const { output } = await Machine.command(`cd /tmp; timeout 60 /lab/run-as ${user} sh -lc ` +
            `${quote(`${HERE}/${stage} ${typed}`)} 2>&1`);
        printed.textContent = output || "(nothing)";
        printed.hidden = false;
        say(output.includes(shows) ? `Done: “${stage} ${typed}” shows “${shows}”.`
            : `Not yet: “${stage} ${typed}” does not show “${shows}”. It printed:`);
    }

    /* ---- Problems, at their lines and as a list ---------------------------------- */

    const SECOND_COPY = "defined twice";

    function showProblems() {
        list.replaceChildren(...problems.map((problem) => {
            const { file: where, line, kind, words: said } = problem;
            const known = line && barcoSources.files[where];
            const more = said.includes(SECOND_COPY)
                ? "; your file lacks something that others need, so the library’s own came too" : "";
            const sentence = `${line ? `${where}:${line}: ` : ""}${kind}: ${said}${more}`;
            return element("li", { class: kind }, known
                ? button(sentence, () => goTo(where, line)) : sentence);
        }));
        markLines();
    }

    function markLines() {
        const { doc } = view.state;
        view.dispatch(CodeMirror.setDiagnostics(view.state, problems
            .filter((problem) => problem.file === file && problem.line)
            .map(({ line, kind, words: said }) => {
                const at = doc.line(Math.min(line, doc.lines));
                const from = at.from + /^\s*/.exec(at.text)[0].length;
                return { from, to: Math.max(from, at.to), severity: kind, message: said };
            })));
    }

    /** The line that has these words. */
    function lineOf(words) {
        const at = view.state.doc.toString().indexOf(words);
        return at < 0 ? null : view.state.doc.lineAt(at).number;
    }

    function reveal(line) {
        const { from } = view.state.doc.line(Math.min(line, view.state.doc.lines));
        view.dispatch({ selection: { anchor: from },
            effects: CodeMirror.EditorView.scrollIntoView(from, { y: "center" }) });
    }

    function goTo(where, line) {
        if (where !== file) show(where);
        reveal(line);
        view.focus();
    }

    /* ---- The text ----------------------------------------------------------------- */

    let dark, comparison;

    /** CodeMirror in the colours of the book, which change with its theme. */
    function look() {
        const { EditorView, HighlightStyle, syntaxHighlighting, tags } = CodeMirror;
        const colour = (name) => ({ color: `var(--fragment-${name})` });
        return [
            EditorView.theme({
                "&": { height: "100%", color: "var(--fragment-foreground)",
                    backgroundColor: "var(--fragment-background)", fontSize: "14px" },
                "&.cm-focused": { outline: "2px solid var(--primary-color)", outlineOffset: "-2px" },
                ".cm-scroller": { fontFamily: "var(--font-family-monospace)", lineHeight: "1.5" },
                ".cm-content": { caretColor: "var(--page-foreground-color)" },
                ".cm-cursor": { borderLeftColor: "var(--page-foreground-color)" },
                ".cm-gutters": { color: "var(--fragment-linenumber-color)",
                    backgroundColor: "var(--fragment-background)", border: "0" },
                ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent",
                    boxShadow: "inset 0 0 0 1px var(--separator-color)" },
                ".cm-panels, .cm-tooltip": { color: "var(--page-foreground-color)",
                    backgroundColor: "var(--code-background)" },
                ".cm-changedLine, .cm-insertedLine": { backgroundColor: "var(--add) !important" },
                ".cm-deletedChunk": { backgroundColor: "var(--del) !important" },
                ".cm-changedText, .cm-deletedText": { background: "none !important",
                    textDecoration: "underline 1px" },
            }),
            syntaxHighlighting(HighlightStyle.define([
                { tag: [tags.keyword, tags.modifier], ...colour("keyword") },
                { tag: tags.controlKeyword, ...colour("keywordflow") },
                { tag: [tags.typeName, tags.standard(tags.typeName)], ...colour("keywordtype") },
                { tag: [tags.string, tags.character], ...colour("token") },
                { tag: tags.comment, ...colour("comment") },
                { tag: tags.processingInstruction, ...colour("preprocessor") },
            ])),
        ];
    }

    function newState(name) {
        const { EditorState, EditorView, keymap, ...c } = CodeMirror;
        return EditorState.create({ doc: textOf(name), extensions: [
            keymap.of([{ key: "Mod-Enter", run: () => { busy(run); return true; } }]),
            c.lineNumbers(), c.lintGutter(), c.history(), c.drawSelection(), c.indentOnInput(),
            c.bracketMatching(), c.highlightActiveLine(), c.highlightActiveLineGutter(),
            c.search({ top: true }), c.cpp(), c.indentUnit.of("    "),
            keymap.of([c.indentWithTab, ...c.defaultKeymap, ...c.historyKeymap, ...c.searchKeymap,
                ...c.lintKeymap]),
            look(), dark.of([]), comparison.of([]),
            EditorView.contentAttributes.of({ "aria-label": name, "aria-describedby": "edit-help",
                tabindex: "0" }),
            EditorView.updateListener.of((update) => { if (update.docChanged) changed(); }),
        ] });
    }

    function changed() {
        const now = view.state.doc.toString();
        keep(keyOf(file), now === original(file) ? null : now);
        undo = null;
        showMarks();
    }

    /** Which files are edited, and what can be done with this one. */
    function showMarks() {
        for (const option of files.querySelectorAll("option"))
            option.textContent = option.disabled ? option.textContent
                : `${option.value}${isEdited(option.value) ? " (edited)" : ""}`;
        buttons.reset.textContent = undo === null ? "Reset file" : "Undo reset";
        buttons.reset.disabled = undo === null && !isEdited(file);
    }

    function setTheme() {
        view?.dispatch({ effects: dark.reconfigure(CodeMirror.EditorView.darkTheme.of(
            document.documentElement.classList.contains("dark-mode"))) });
    }

    /** Shows a file, as the reader left it. */
    function show(name) {
        if (file) states.set(keyOfShown, view.state);
        file = name;
        keyOfShown = keyOf(name);
        files.value = name;
        const stage = stageOf(name);
        variant.hidden = !barcoSources.holes[stage];
        variant.value = hasHole(name) ? "hole" : "";
        if (stage) setProgram(stage);
        program.disabled = Boolean(stage);
        undo = null;
        const before = states.get(keyOfShown);
        view.setState(before ?? newState(name));
        if (!before) reveal(lineOf("YOUR PART") ?? 1);
        setTheme();
        showCompare();
        markLines();
        showMarks();
    }

    function setProgram(stage) {
        if (program.value !== stage || !words.value)
            words.value = barcoSources.holes[stage]?.arguments ?? "--demo";
        program.value = stage;
        buttons.check.hidden = !barcoSources.holes[stage];
    }

    function setVariant() {
        keep(`${file} with a hole`, variant.value || null);
        problems = [];
        showProblems();
        show(file);
    }

    function reset() {
        const next = undo ?? original(file);
        const before = undo === null ? view.state.doc.toString() : null;
        view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
        undo = before;
        showMarks();
        say(before === null ? "Your text is back." : `${file} is the original again.`);
    }

    function download() {
        const link = element("a", { download: file.replace(/.*\//, ""),
            href: URL.createObjectURL(new Blob([view.state.doc.toString()], { type: "text/x-csrc" })) });
        link.click();
        URL.revokeObjectURL(link.href);
    }

    function toggleCompare() {
        buttons.compare.setAttribute("aria-pressed",
            buttons.compare.getAttribute("aria-pressed") !== "true");
        showCompare();
    }

    /** The differences from the whole original: with a hole, those are the solution. */
    function showCompare() {
        const on = buttons.compare.getAttribute("aria-pressed") === "true";
        view.dispatch({ effects: comparison.reconfigure(on ? CodeMirror.unifiedMergeView({
            original: whole(file), mergeControls: false, highlightChanges: false }) : []) });
        if (on) say(view.state.doc.toString() === whole(file) ? `${file} is as in the original.`
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
        dark = new CodeMirror.Compartment();
        comparison = new CodeMirror.Compartment();
        const names = Object.keys(barcoSources.files);
        files.append(group("Stages", names.filter(stageOf)),
            group("The library", names.filter((name) => name.startsWith("common/"))),
            group("Options", names.filter((name) => name.startsWith("stages/options/"))));
        for (const name of names.filter(stageOf)) program.append(new Option(stageOf(name)));
        files.addEventListener("change", () => show(files.value));
        variant.addEventListener("change", setVariant);
        program.addEventListener("change", () => setProgram(program.value));
        words.addEventListener("keydown", (event) => { if (event.key === "Enter") busy(run); });
        place.append(
            element("div", { class: "edit-bar" }, files, variant, buttons.compare, buttons.reset,
                buttons.download),
            element("div", { class: "edit-bar" }, buttons.compile, buttons.run, program, words,
                buttons.check),
            says, list, printed, text,
            element("p", { id: "edit-help", class: "help" },
                "Ctrl+Enter runs it. Tab indents; Escape and then Tab leaves the editor. F8 goes to " +
                "the next problem."));
        view = new CodeMirror.EditorView({ parent: text });
        new MutationObserver(setTheme).observe(document.documentElement, { attributeFilter: ["class"] });
    }

    /** Shows a file, at a line that begins with some words, or else the stage of the page. */
    function open({ stage, name, at }) {
        if (!file) setProgram(stage);
        const next = name ?? file ?? `stages/${stage}.c`;
        if (next !== file) show(next);
        if (at) reveal(lineOf(at) ?? 1);
        view.focus();
    }

    return { build, open };
})();
