/* A button before each command of a transcript, which types it into the machine in
   the page, and the terminals in which the reader sees it run.

   The machine and its terminals are loaded at the first such click. Without
   WebAssembly there is no button, and the transcripts stand alone.

   Other scripts bring panels to the dock (Live.panel): they stand beside the
   terminals on a wide screen, and in front of them on a narrow one. */
"use strict";

const Live = (() => {
    const SHELLS = ["Shell", "Second shell"];
    const dock = document.createElement("section");
    const terminals = [];
    let shown = 0;
    let opened = null;

    /* ---- The dock below the text ------------------------------------------ */

    /** An element with attributes, and with what is in it. */
    function element(name, attributes = {}, ...content) {
        const made = document.createElement(name);
        for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
        made.append(...content);
        return made;
    }

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
        if (narrow.matches) showPanel(null);
        tabs.forEach((tab, i) => {
            tab.setAttribute("aria-selected", i === port);
            tab.tabIndex = i === port ? 0 : -1;
            panels[i].hidden = i !== port;
        });
        fit();
    }

    /* ---- Panels beside the terminals ------------------------------------- */

    const narrow = matchMedia("(max-width: 60rem)");
    const toggles = element("div", { class: "toggles", role: "group", "aria-label": "Beside the shells" });
    const beside = new Map();

    /**
     * A panel that a button of the dock shows and hides; one is shown at a time.
     * @param name    what the button says
     * @param opened  is called with the panel each time it is shown: it may load
     *                what the panel needs, and the machine may not run yet
     * @param closed  is called when it is hidden
     * @returns a function that shows the panel, and resolves when `opened` has
     */
    function panel(name, opened, closed = () => {}) {
        const id = `beside-${name.toLowerCase().replace(/\W/g, "-")}`;
        const place = element("section", { id, class: "beside", "aria-label": name, hidden: "" });
        const toggle = button(name, () => showPanel(place.hidden ? name : null));
        toggle.setAttribute("aria-controls", id);
        toggle.setAttribute("aria-pressed", "false");
        toggles.append(toggle);
        dock.append(place);
        beside.set(name, { place, toggle, opened, closed });
        return () => open().then(() => showPanel(name));
    }

    async function showPanel(name) {
        for (const [other, { place, toggle, closed }] of beside) {
            if (!place.hidden && other !== name) closed(place);
            place.hidden = other !== name;
            toggle.setAttribute("aria-pressed", other === name);
        }
        dock.classList.toggle("two", Boolean(name));
        fit();
        const now = beside.get(name);
        if (now) await now.opened(now.place);
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
    const heightNow = () => Number(handle.getAttribute("aria-valuenow"));
    handle.addEventListener("keydown", (event) => {
        const step = { ArrowUp: 5, ArrowDown: -5 }[event.key];
        if (!step) return;
        event.preventDefault();
        setHeight(heightNow() + step);
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
        bar.append(list, toggles, status, button("Reset", reset), button("Close", close));
        dock.append(handle, bar, ...panels);
        document.body.append(dock);
    }

    /* ---- Terminals -------------------------------------------------------- */

    function terminal(port) {
        const screen = new Terminal({
            convertEol: false, cursorBlink: true, fontSize: 14, screenReaderMode: true,
            /* An underscore needs room below the line, and the dock has one colour. */
            lineHeight: 1.2, theme: { background: "#15181b" },
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
    const resets = [];
    async function reset() {
        status.textContent = "Resetting …";
        await Machine.reset();
        users.length = 0;
        for (const [port, { screen }] of terminals.entries()) {
            screen.reset();
            await Machine.resize(port, screen.cols, screen.rows);
            await Machine.login(port, "learner");
        }
        for (const told of resets) told();
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

    async function type(line, { port = 0, user = null }) {
        await open(port);
        if (user && users[port] !== user) {
            users[port] = user;
            terminals[port].screen.reset();
            await Machine.login(port, user);
            /* It answers the shell's question first, which the command would read. */
            await new Promise((done) => terminals[port].screen.write("", done));
        }
        await Machine.type(port, `${line}\n`);
        terminals[port].screen.focus();
    }

    /** Types a line into a shell of a user, or, without one, into what runs there: one
     * line after the other, however fast they are asked for. */
    let typed = Promise.resolve();
    function run(line, where = {}) {
        typed = typed.catch(() => {}).then(() => type(line, where));
        return typed;
    }

    function runButton(line, where) {
        const made = button("▶", () => run(line, where), { className: "run" });
        made.setAttribute("aria-label", `Run ${line}`);
        made.title = "Run it here, in a Linux in the page";
        return made;
    }

    const works = typeof WebAssembly === "object";
    if (works) {
        buildDock();
        /* What a demonstration types in its container, it types itself. */
        for (const command of document.querySelectorAll("pre.terminal .command:not(.only-lab, .inside), " +
            "div.inside .command:not(.only-lab)"))
            command.previousElementSibling.before(runButton(command.textContent, place(command)));
        /* What runnable.py has marked: a command of the text, or of a block. */
        for (const code of document.querySelectorAll("[data-run]")) {
            const start = runButton(code.dataset.run, { user: code.dataset.user });
            if (code.matches("code")) code.after(start);
            else code.append(" ", start);
        }
    }

    /* What is in the machine now; see.js draws it. */
    if (works) {
        let drawing = null;
        let seen = null;
        const follow = () => See.follow(seen, async () => {
            await opened;
            return (await Machine.command("exec /barco/tools/watch/snapshot")).output;
        });
        panel("See inside", async (place) => {
            drawing ??= Promise.all([bring("link", "href", "see.css"), bring("script", "src", "see.js")]);
            await drawing;
            seen = place;
            follow();
        });
        resets.push(() => seen && follow());
    }

    return {
        /** Whether this browser can run the machine; without, nothing else may be used. */
        works,
        open, run, reset, panel, element, button,
        /** Calls back when the machine is as it was saved. */
        onReset: (told) => resets.push(told),
        /** Makes the dock at least so high, in percent of the window. */
        grow: (percent) => setHeight(Math.max(percent, heightNow())),
        /** Tells what is being done, beside the buttons of the dock. */
        say: (words) => { status.textContent = words; },
    };
})();
