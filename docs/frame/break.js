/* "Try it against 05_cgroups": a break-out runs in the page's own Linux, in the
   container of a stage, and run-matrix judges it from that machine's host side, in
   a shell that the reader sees.

   breakouts.py puts a place for it into each story, and what the tables say into
   the page. */
"use strict";

(() => {
    const places = document.querySelectorAll(".break");
    if (!places.length || !Live.works) return;

    const PATIENCE = 180e3;
    const SHELL = 1;
    const { element, button } = Live;
    /* columns: what a reader calls each; words: what a cell says, by its letter;
       cells: the letters of each break-out; cannot: why not here. */
    const told = JSON.parse(document.getElementById("break-table").textContent);
    const columns = told.columns.map(([column]) => column);
    const called = Object.fromEntries(told.columns);
    const cell = (name, column) => told.cells[name][columns.indexOf(column)];
    const controls = [];

    /** The last stage that it gets through, so that the next one is the other. */
    function suggested(name) {
        return columns.findLast((column) => /^\d/.test(column) && cell(name, column) === "t") ?? "host";
    }

    /* ---- What the shell prints --------------------------------------------- */

    const nothing = () => {};
    let listening = false;
    let hear = nothing;
    let resolve = nothing;
    /* A machine that was given back has no verdict. */
    Live.onReset(() => resolve("reset"));
    const decoder = new TextDecoder();
    function listen() {
        if (listening) return;
        listening = true;
        Machine.on(SHELL, (byte) => hear(byte));
    }

    /** Resolves with what it printed and its verdict, or with why there is none. */
    function judged(command) {
        return new Promise((done) => {
            let bytes = [];
            let text = "";
            const timer = setTimeout(() => resolve("late"), PATIENCE);
            resolve = (found) => {
                clearTimeout(timer);
                hear = resolve = nothing;
                done(found);
            };
            hear = (byte) => {
                bytes.push(byte);
                if (byte !== 10) return;
                text += decoder.decode(Uint8Array.from(bytes)).replace(/\r|\x1b\[[\d;?]*[a-zA-Z]/g, "");
                bytes = [];
                const end = /^(It got through|It was held|No verdict)\b.*$/m.exec(text);
                if (!end) return;
                const from = text.lastIndexOf(`${command}\n`, end.index) + command.length + 1;
                resolve({ printed: text.slice(from, end.index).trim(), sentence: end[0],
                    verdict: { "It got through": "t", "It was held": "h" }[end[1]] });
            };
        });
    }

    /* ---- One control ------------------------------------------------------- */

    function agrees(found, expected) {
        if (!found.verdict) return "Nothing can be concluded from that; try again.";
        return found.verdict === expected ? "As in the book’s table."
            : `The book’s table says: ${told.words[expected]}. Try again, or after a Reset.`;
    }

    async function attempt({ name, column, out, status }) {
        const command = `run-matrix --try ${column} ${name}`;
        let began = performance.now();
        const seconds = () => Math.round((performance.now() - began) / 100) / 10;
        const clock = element("span", { class: "clock", "aria-hidden": "true" });
        status.className = "";
        status.replaceChildren("Starting the machine …");
        out.hidden = true;
        const ticking = setInterval(() => { clock.textContent = ` ${Math.round(seconds())} s`; }, 1000);
        try {
            await Live.open(SHELL);
            listen();
            began = performance.now();
            status.replaceChildren("It runs in the second shell, below …", clock);
            const verdict = judged(command);
            await Live.run(command, { port: SHELL, user: "root" });
            show(await verdict, { name, column, out, status }, seconds());
        } catch (error) {
            status.replaceChildren(`The machine did not start: ${error.message ?? "a file is missing"}.`);
        } finally {
            clearInterval(ticking);
        }
    }

    function show(found, { name, column, out, status }, seconds) {
        if (found === "reset") {
            status.textContent = "The machine was reset before it ended.";
            return;
        }
        if (found === "late") {
            Machine.type(SHELL, "\x03");
            status.replaceChildren("It did not end, and may have hurt the machine. ",
                button("Reset the machine", Live.reset));
            return;
        }
        status.className = told.words[found.verdict] ?? "";
        status.replaceChildren(element("strong", {}, found.sentence.replace(/\. .*/, ".")),
            `${found.sentence.replace(/^[^.:]*[.:]/, "")} ${agrees(found, cell(name, column))}`,
            element("span", { class: "clock" }, ` ${seconds} s`));
        out.textContent = found.printed;
        out.hidden = false;
    }

    /** One at a time: the others wait. */
    async function alone(one) {
        for (const control of controls) control.disabled = true;
        await attempt(one);
        for (const control of controls) control.disabled = false;
        one.start.focus({ preventScroll: true }); /* back from the shell */
    }

    const cannot = (reason) => `It cannot be tried in the page: ${reason}.`;

    function control(place) {
        const name = place.dataset.breakout;
        if (told.cannot[name]?.all) {
            place.append(element("p", {}, cannot(told.cannot[name].all)));
            return;
        }
        const choice = element("select");
        for (const column of columns) {
            if (cell(name, column) === "-") continue;
            choice.append(element("option", { value: column }, called[column]));
        }
        choice.value = suggested(name);
        const status = element("p", { role: "status" });
        const out = element("pre", { class: "terminal", role: "group", tabindex: "0", hidden: "",
            "aria-label": `What ${name} printed` });
        const start = button("", () => alone({ name, column: choice.value, start, out, status }));
        function choose() {
            const reason = told.cannot[name]?.[choice.value];
            start.textContent = `Try it against ${called[choice.value]}`;
            start.hidden = Boolean(reason);
            status.className = "";
            status.textContent = reason ? cannot(reason) : "";
            out.hidden = true;
        }
        choice.addEventListener("change", choose);
        choose();
        controls.push(start, choice);
        place.append(element("label", {}, "Container: ", choice), start, status, out);
    }

    document.getElementById("break-note").hidden = false;
    places.forEach(control);
})();
