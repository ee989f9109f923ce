/* A button beside each command of a transcript, which types it into the machine in
   the page, and the terminals in which the reader sees it run.

   The machine and its terminals are loaded at the first such click. Without
   WebAssembly there is no button, and the transcripts stand alone. */
"use strict";

{
    const SHELLS = ["Shell", "Second shell"];
    const dock = document.createElement("section");
    const terminals = [];
    let shown = 0;
    let opened = null;

    /* ---- The dock below the text ------------------------------------------ */

    function button(words, action, more = {}) {
        const made = Object.assign(document.createElement("button"),
            { type: "button", textContent: words, ...more });
        made.addEventListener("click", action);
        return made;
    }

    const status = Object.assign(document.createElement("p"), { className: "status" });
    status.setAttribute("role", "status");
    const tabs = SHELLS.map((name, port) => {
        const tab = button(name, () => show(port), { id: `shell-${port}` });
        tab.setAttribute("role", "tab");
        tab.setAttribute("aria-controls", `terminal-${port}`);
        return tab;
    });
    const panels = SHELLS.map((_, port) => {
        const panel = Object.assign(document.createElement("div"),
            { id: `terminal-${port}`, className: "screen" });
        panel.setAttribute("role", "tabpanel");
        panel.setAttribute("aria-labelledby", `shell-${port}`);
        return panel;
    });

    function show(port) {
        shown = port;
        tabs.forEach((tab, i) => {
            tab.setAttribute("aria-selected", i === port);
            tab.tabIndex = i === port ? 0 : -1;
            panels[i].hidden = i !== port;
        });
        fit();
    }

    function fit() {
        if (terminals[shown]) terminals[shown].fit.fit();
    }

    /* Taller or lower, by pointer and by key. */
    const handle = document.createElement("div");
    handle.className = "handle";
    handle.tabIndex = 0;
    for (const [name, value] of Object.entries({ role: "separator",
        "aria-orientation": "horizontal", "aria-label": "Height of the terminal",
        "aria-valuemin": 15, "aria-valuemax": 85, "aria-valuenow": 40 }))
        handle.setAttribute(name, value);
    function setHeight(percent) {
        const height = Math.round(Math.min(85, Math.max(15, percent)));
        dock.style.setProperty("--height", `${height}vh`);
        document.body.style.setProperty("--dock", `${height}vh`);
        handle.setAttribute("aria-valuenow", height);
        fit();
    }
    handle.addEventListener("keydown", (event) => {
        const step = { ArrowUp: 5, ArrowDown: -5 }[event.key];
        if (!step) return;
        event.preventDefault();
        setHeight(Number(handle.getAttribute("aria-valuenow")) + step);
    });
    handle.addEventListener("pointerdown", (event) => {
        handle.setPointerCapture(event.pointerId);
        handle.onpointermove = (move) => setHeight((1 - move.clientY / innerHeight) * 100);
        handle.onpointerup = () => { handle.onpointermove = null; };
    });

    function close() {
        dock.hidden = true;
        document.body.classList.remove("live");
    }

    function buildDock() {
        dock.id = "live";
        dock.hidden = true;
        dock.setAttribute("aria-label", "A Linux in the page");
        const bar = Object.assign(document.createElement("div"), { className: "live-bar" });
        const list = Object.assign(document.createElement("div"), { className: "tabs" });
        list.setAttribute("role", "tablist");
        list.setAttribute("aria-label", "Shells");
        list.append(...tabs);
        list.addEventListener("keydown", (event) => {
            if (!["ArrowLeft", "ArrowRight"].includes(event.key)) return;
            show(1 - shown);
            tabs[shown].focus();
        });
        bar.append(list, status, button("Reset", reset), button("Close", close));
        dock.append(handle, bar, ...panels);
        document.body.append(dock);
    }

    /* ---- Terminals -------------------------------------------------------- */

    function terminal(port) {
        const screen = new Terminal({
            convertEol: false, cursorBlink: true, fontSize: 14, screenReaderMode: true,
            fontFamily: getComputedStyle(document.documentElement)
                .getPropertyValue("--font-family-monospace"),
        });
        const fitted = new FitAddon.FitAddon();
        screen.loadAddon(fitted);
        screen.open(panels[port]);
        screen.onData((text) => Machine.type(port, text));
        screen.onResize(({ cols, rows }) => Machine.resize(port, cols, rows));
        Machine.on(port, (byte) => screen.write(Uint8Array.of(byte)));
        return { screen, fit: fitted };
    }

    async function load() {
        status.textContent = "Loading a Linux of 17 MB …";
        await Promise.all([bring("link", "href", "live.css"), bring("link", "href", "xterm.css"),
            bring("script", "src", "xterm.js").then(() => bring("script", "src", "xterm-fit.js")),
            bring("script", "src", "machine.js")]);
        if (!terminals.length)
            for (const port of SHELLS.keys()) terminals.push(terminal(port));
        status.textContent = "Starting …";
        await Machine.start();
        status.textContent = "";
    }

    /** Shows the dock; resolves when the machine runs. */
    async function open(port = shown) {
        dock.hidden = false;
        document.body.classList.add("live");
        opened ??= load();
        try {
            await opened;
        } catch (error) {
            opened = null;
            status.textContent = `The machine did not start: ${error.message ?? "a file is missing"}`;
            throw error;
        }
        show(port);
    }

    /* A new shell has no job, no variable and no other user of the last section. */
    const users = [];
    async function reset() {
        status.textContent = "Resetting …";
        await Machine.reset();
        users.length = 0;
        for (const { screen } of terminals) screen.reset();
        for (const port of SHELLS.keys()) await Machine.login(port, "learner");
        status.textContent = "As it was at the beginning";
    }

    /* ---- Run -------------------------------------------------------------- */

    /** Where a command of a transcript belongs: a shell, and whose. */
    function place(command) {
        const prompt = command.previousElementSibling;
        return {
            port: prompt.matches(".second") ? 1 : 0,
            user: command.matches(".inside") ? null
                : prompt.textContent.trim().endsWith("#") ? "root" : "learner",
        };
    }

    async function run(command) {
        const { port, user } = place(command);
        await open(port);
        if (user && users[port] !== user) {
            users[port] = user;
            terminals[port].screen.reset();
            await Machine.login(port, user);
        }
        await Machine.type(port, `${command.textContent}\n`);
        terminals[port].screen.focus();
    }

    if (typeof WebAssembly === "object") {
        buildDock();
        for (const command of document.querySelectorAll("pre.terminal .command")) {
            const start = button("▶", () => run(command), { className: "run" });
            start.setAttribute("aria-label", `Run ${command.textContent}`);
            start.title = "Run it here, in a Linux in the page";
            command.after(start);
        }
    }
}
