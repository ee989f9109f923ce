/* What edits C beside the shells: CodeMirror in the book's colours, the compiler's
   problems at their lines, comparing, giving back. editor.js and workbench.js each
   put one into their panel. */
"use strict";

const Code = (() => {
    const { element, button } = Live;

    const count = (number, what) => `${number} ${what}${number === 1 ? "" : "s"}`;

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

    /** How a program was compiled, in a sentence. */
    function outcome(name, { works, problems, output }, seconds) {
        const errors = problems.filter(({ kind }) => kind === "error").length;
        const warnings = problems.length - errors;
        const also = warnings ? `, with ${count(warnings, "warning")}` : "";
        return works ? `${name} was compiled in ${Math.max(1, Math.round(seconds))} s${also}.`
            : `${name} was not compiled: ${errors ? count(errors, "error") : output}${also}.`;
    }

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

    /**
     * A place to write in, and what stands around it.
     * @param run       what Ctrl+Enter does
     * @param changed   is called when the text has changed
     * @param original  returns the text that a reset gives back
     * @param name      returns the name of the file that is shown
     * @param visit     shows a file, before one of its lines is revealed; null: the
     *                  file cannot be shown
     * @param explain   returns more about a problem, by the compiler's words
     * @param id        of the paragraph that says what keys do
     */
    function desk({ run, changed, original, name, visit, id, explain = () => "" }) {
        const says = element("p", { role: "status", class: "outcome" });
        const list = element("ul", { class: "problems" });
        const text = element("div", { class: "text" });
        const resetter = button("Reset file", reset, { title: "Gives the original back" });
        const help = element("p", { id, class: "help" }, "Ctrl+Enter runs it. Tab indents; Escape " +
            "and then Tab leaves the editor. F8 goes to the next problem.");
        const workers = [];
        const states = new Map(); /* of each file that was shown, with its history */
        const dark = new CodeMirror.Compartment();
        const comparison = new CodeMirror.Compartment();
        const view = new CodeMirror.EditorView({ parent: text });
        let shown = null;
        let undo = null; /* what the last reset took away */
        let problems = [];
        let working = false;

        function say(sentence) {
            says.textContent = storageRefused()
                ? `${sentence} This browser stores nothing: download what you want to keep.` : sentence;
        }

        /* ---- One thing at a time ---------------------------------------------- */

        /** A button that waits for others of its kind. It stays where the keyboard finds it. */
        function worker(words, action, more) {
            const made = button(words, () => busy(action), more);
            workers.push(made);
            return made;
        }

        async function busy(action) {
            if (working) return;
            const mark = (is) => {
                working = is;
                for (const one of workers) one.setAttribute("aria-disabled", is);
            };
            mark(true);
            try {
                await action();
            } catch (error) {
                say(`That failed: ${error.message}`);
            }
            mark(false);
        }

        /* ---- Problems, at their lines and as a list ----------------------------- */

        function showProblems(found) {
            problems = found;
            list.replaceChildren(...problems.map((problem) => {
                const { file, line, kind, words } = problem;
                const sentence = `${line ? `${file}:${line}: ` : ""}${kind}: ${words}${explain(words)}`;
                const go = line && visit(file);
                return element("li", { class: kind }, go ? button(sentence, () => {
                    go();
                    reveal(line);
                    view.focus();
                }) : sentence);
            }));
            markLines();
        }

        function markLines() {
            const { doc } = view.state;
            view.dispatch(CodeMirror.setDiagnostics(view.state, problems
                .filter((problem) => problem.file === name() && problem.line)
                .map(({ line, kind, words }) => {
                    const at = doc.line(Math.min(line, doc.lines));
                    const from = at.from + /^\s*/.exec(at.text)[0].length;
                    return { from, to: Math.max(from, at.to), severity: kind, message: words };
                })));
        }

        function reveal(line) {
            const { from } = view.state.doc.line(Math.min(line, view.state.doc.lines));
            view.dispatch({ selection: { anchor: from },
                effects: CodeMirror.EditorView.scrollIntoView(from, { y: "center" }) });
        }

        /** The line that has these words. */
        function lineOf(words) {
            const at = value().indexOf(words);
            return at < 0 ? null : view.state.doc.lineAt(at).number;
        }

        /* ---- The text ------------------------------------------------------------ */

        const value = () => view.state.doc.toString();

        function newState(doc) {
            const { EditorState, EditorView, keymap, ...c } = CodeMirror;
            return EditorState.create({ doc, extensions: [
                keymap.of([{ key: "Mod-Enter", run: () => { busy(run); return true; } }]),
                c.lineNumbers(), c.history(), c.drawSelection(), c.indentOnInput(),
                c.bracketMatching(), c.highlightActiveLine(), c.highlightActiveLineGutter(), c.lintGutter(),
                c.search({ top: true }), c.cpp(), c.indentUnit.of("    "),
                keymap.of([c.indentWithTab, ...c.defaultKeymap, ...c.historyKeymap, ...c.searchKeymap,
                    ...c.lintKeymap]),
                look(), dark.of([]), comparison.of([]),
                EditorView.contentAttributes.of({ "aria-label": name(), "aria-describedby": id,
                    tabindex: "0" }),
                EditorView.updateListener.of((update) => {
                    if (!update.docChanged) return;
                    undo = null;
                    changed(value());
                    showReset();
                }),
            ] });
        }

        /** Shows a text, as it was left; one that is new begins at the line with some words. */
        function show(key, doc, begin) {
            if (shown !== null) states.set(shown, view.state);
            shown = key;
            undo = null;
            const before = states.get(key);
            view.setState(before ?? newState(doc));
            if (!before) reveal(lineOf(begin) ?? 1);
            setTheme();
            markLines();
            showReset();
        }

        function setTheme() {
            view.dispatch({ effects: dark.reconfigure(CodeMirror.EditorView.darkTheme.of(
                document.documentElement.classList.contains("dark-mode"))) });
        }
        new MutationObserver(() => shown !== null && setTheme())
            .observe(document.documentElement, { attributeFilter: ["class"] });

        function showReset() {
            resetter.textContent = undo === null ? "Reset file" : "Undo reset";
            resetter.disabled = undo === null && value() === original();
        }

        function reset() {
            const next = undo ?? original();
            const before = undo === null ? value() : null;
            view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
            undo = before;
            showReset();
            say(before === null ? "Your text is back." : `${name()} is the original again.`);
        }

        const downloader = button("Download", () =>
            download(name().replace(/.*\//, ""), "text/x-csrc", value()));

        /** Shows the differences from another text, or, without one, none. */
        function compare(other) {
            view.dispatch({ effects: comparison.reconfigure(other === null ? []
                : CodeMirror.unifiedMergeView({ original: other, mergeControls: false,
                    highlightChanges: false })) });
        }

        return { says, list, text, help, resetter, downloader, say, worker, busy, showProblems, reveal, lineOf,
            value, show, compare, focus: () => view.focus() };
    }

    return { problemsIn, outcome, desk };
})();
