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
    /* columns: what a reader calls each; words: what a cell says; cells: of each
       break-out; cannot: why not here. */
    const told = JSON.parse(document.getElementById("break-table").textContent);
    const columns = told.columns.map(([column]) => column);
    const called = Object.fromEntries(told.columns);
    const starts = [];

    /** The last stage that it gets through, so that the next one is the other. */
    function suggested(cells) {
        return columns.findLast((column) => /^\d/.test(column) && cells[column] === "through") ?? "host";
    }

    /* ---- What the shell prints --------------------------------------------- */

    let listening = false;
    let hear = () => {};
    const decoder = new TextDecoder();
    function listen() {
        if (listening) return;
        listening = true;
        Machine.on(SHELL, (byte) => hear(byte));
    }

    /** Resolves with what it printed and its verdict, or, in the end, without. */
    function judged(command) {
        return new Promise((done) => {
            let bytes = [];
            let text = "";
            const timer = setTimeout(done, PATIENCE, null);
            hear = (byte) => {
                bytes.push(byte);
                if (byte !== 10) return;
                text += decoder.decode(Uint8Array.from(bytes)).replace(/\r|\x1b\[[\d;?]*[a-zA-Z]/g, "");
                bytes = [];
                const end = /^(It got through|It was held|No verdict)\b.*$/m.exec(text);
                if (!end) return;
                clearTimeout(timer);
                hear = () => {};
                const from = text.lastIndexOf(`${command}\n`, end.index) + command.length + 1;
                done({ printed: text.slice(from, end.index).trim(), sentence: end[0],
                    verdict: { "It got through": "through", "It was held": "held" }[end[1]] });
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
        const began = performance.now();
        const seconds = () => Math.round((performance.now() - began) / 100) / 10;
        const clock = element("span", { class: "clock", "aria-hidden": "true" });
        status.className = "";
        status.replaceChildren("Starting the machine …");
        out.hidden = true;
        const ticking = setInterval(() => { clock.textContent = ` ${Math.round(seconds())} s`; }, 1000);
        try {
            await Live.open(SHELL);
            listen();
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
        if (!found) {
            Machine.type(SHELL, "\x03");
            status.replaceChildren("It did not end, and may have hurt the machine. ",
                button("Reset the machine", Live.reset));
            return;
        }
        status.className = found.verdict ?? "";
        status.replaceChildren(element("strong", {}, found.sentence.replace(/\. .*/, ".")),
            `${found.sentence.replace(/^[^.:]*[.:]/, "")} ${agrees(found, told.cells[name][column])}`,
            element("span", { class: "clock" }, ` ${seconds} s`));
        out.textContent = found.printed;
        out.hidden = false;
    }

    /** One at a time: the others wait. */
    async function alone(one) {
        for (const start of starts) start.disabled = true;
        await attempt(one);
        for (const start of starts) start.disabled = false;
    }

    function control(place) {
        const name = place.dataset.breakout;
        const cells = told.cells[name];
        const choice = element("select");
        for (const column of columns) {
            if (cells[column] === "-") continue;
            choice.append(element("option", { value: column }, called[column]));
        }
        choice.value = suggested(cells);
        const status = element("p", { role: "status" });
        const out = element("pre", { class: "terminal", role: "group", tabindex: "0", hidden: "",
            "aria-label": `What ${name} printed` });
        const start = button("", () => alone({ name, column: choice.value, out, status }));
        function choose() {
            const reason = told.cannot[name]?.[choice.value] ?? told.cannot[name]?.all;
            start.textContent = `Try it against ${called[choice.value]}`;
            start.hidden = Boolean(reason);
            status.className = "";
            status.textContent = reason ? `It cannot be tried in the page: ${reason}.` : "";
            out.hidden = true;
        }
        choice.addEventListener("change", choose);
        choose();
        starts.push(start);
        place.append(element("label", {}, "Container: ", choice), start, status, out);
    }

    document.getElementById("break-note").hidden = false;
    places.forEach(control);
})();
