/* What is in a machine now, drawn from a line of tools/watch/snapshot: the host as a
   box, in it a box for each set of namespaces, in these their processes and limits.

   See.draw(place, snapshot) is all that a page needs, wherever its snapshots come
   from: the book's from the machine in the page, `lab -- watch` from the lab. */
"use strict";

const See = (() => {
    const KINDS = { pid: "PID", mnt: "mount", user: "user", net: "network", uts: "UTS",
        ipc: "IPC", cgroup: "cgroup", time: "time" };
    const STATES = { Z: "zombie", X: "dead", T: "stopped", t: "traced" };

    /* ---- Boxes: who shares all namespaces with whom ------------------------ */

    /** A zombie has left most of its namespaces: it counts as its neighbours do. */
    function complete(processes) {
        const byPid = new Map(processes.map((process) => [process.pid, process]));
        const neighbours = new Map(processes.filter(({ namespaces }) => "mnt" in namespaces)
            .reverse().map(({ namespaces }) => [namespaces.pid, namespaces]));
        return processes.map((process) => ({ ...process, namespaces: {
            ...(neighbours.get(process.namespaces.pid) ?? byPid.get(process.ppid)?.namespaces),
            ...process.namespaces,
        } }));
    }

    /** The box around a box: that of its PID 1, or, around that one, of the parent. */
    function around(box, boxOf, initOf, host) {
        const init = initOf.get(box.namespaces.pid);
        const out = init && boxOf.get(init.pid) !== box ? boxOf.get(init.pid)
            : boxOf.get((init ?? box.processes[0]).ppid);
        for (let outer = out; outer; outer = outer.outer)
            if (outer === box) return host;
        return out ?? host;
    }

    /** All boxes, the host's first; each knows its `outer` box and its `inner` ones. */
    function sort(snapshot) {
        const processes = complete(snapshot.processes);
        const boxes = new Map();
        const boxOf = new Map();
        const initOf = new Map();
        for (const process of processes) {
            const { namespaces, nspid, pid } = process;
            const id = Object.keys(KINDS).map((kind) => namespaces[kind]).join();
            if (!boxes.has(id)) boxes.set(id, { id, namespaces, processes: [], inner: [] });
            boxes.get(id).processes.push(process);
            boxOf.set(pid, boxes.get(id));
            if (nspid.length > 1 && nspid.at(-1) === 1) initOf.set(namespaces.pid, process);
        }
        const [host, ...others] = boxes.values();
        for (const box of others) box.outer = around(box, boxOf, initOf, host);
        for (const box of others) {
            box.outer.inner.push(box);
            box.own = Object.keys(KINDS).filter((kind) =>
                box.namespaces[kind] !== box.outer.namespaces[kind]);
            /* The same container may leave one more namespace while it starts. */
            box.key = box.own.includes("pid") ? `pid ${box.namespaces.pid}` : box.id;
            box.hostname = snapshot.hostnames[box.namespaces.uts] ?? snapshot.hostname;
        }
        Object.assign(host, { own: [], key: "host", hostname: snapshot.hostname });
        assign(snapshot.cgroups, [host, ...others]);
        return [host, ...others];
    }

    const limited = (cgroup) => ["pids_max", "memory_max", "cpu_max"].some((max) => max in cgroup);

    /** A cgroup is shown in the first box that has a process in it; those of the
        host itself only if they limit something. */
    function assign(cgroups, boxes) {
        const [host, ...others] = boxes;
        const inHost = new Set(host.processes.map(({ cgroup }) => cgroup));
        for (const box of boxes) box.cgroups = [];
        for (const cgroup of cgroups) {
            const box = others.find(({ processes }) =>
                processes.some((process) => process.cgroup === cgroup.path));
            if (box) box.cgroups.push({ ...cgroup, shared: inHost.has(cgroup.path) });
            else if (limited(cgroup)) host.cgroups.push(cgroup);
        }
    }

    /* ---- Words -------------------------------------------------------------- */

    const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
    const megabytes = (bytes) => {
        const number = bytes / (1 << 20);
        return number >= 10 ? Math.round(number) : number.toFixed(1);
    };

    function nameOf(box) {
        if (box.key === "host") return "Host";
        return box.own.includes("pid") ? "Container" : "Own namespaces";
    }

    /* What happened between two drawings, for those who do not see them. */
    function news(before, now) {
        const said = [];
        const old = new Map(before.map((box) => [box.key, box]));
        const named = (box) => `${nameOf(box)} ${box.hostname} (${box.processes[0].name})`;
        for (const box of now) {
            const [{ nspid }] = box.processes;
            if (!old.delete(box.key))
                said.push(`${named(box)} started: pid ${nspid.at(-1)} inside, ${nspid[0]} outside.`);
        }
        for (const box of old.values()) said.push(`${named(box)} ended.`);
        const cgroups = new Map(before.flatMap((box) => box.cgroups).map((cgroup) => [cgroup.path, cgroup]));
        for (const cgroup of now.flatMap((box) => box.cgroups)) {
            const was = cgroups.get(cgroup.path) ?? {};
            if (cgroup.pids_refused && !was.pids_refused)
                said.push(`The limit of ${cgroup.pids_max} processes refused a new one.`);
            if (cgroup.memory_killed > (was.memory_killed ?? 0))
                said.push("The memory limit was hit: the kernel killed a process.");
            if (cgroup.cpu_throttled && !was.cpu_throttled)
                said.push("The processor limit made processes wait.");
        }
        return said.join(" ");
    }

    /* ---- Elements: each holds either words or elements ------------------------ */

    function make(tag, attributes, ...content) {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
        element.append(...content.filter(Boolean));
        return element;
    }
    const words = (tag, name, text) => make(tag, { class: name }, String(text));
    const list = (label, name, items) => make("ul", { class: name, "aria-label": label }, ...items);

    /** A number that differs from box to box, as "1 inside / 2143 outside". */
    function numbers(label, inside, outside, between = []) {
        return make("p", { class: "numbers" }, words("span", "", label),
            words("b", "inside", inside), words("span", "where", "inside"),
            ...between.map((number) => words("span", "", `/ ${number}`)), words("span", "", "/"),
            words("b", "outside", outside), words("span", "where", "outside"));
    }

    function rights(process, all) {
        const bits = [...BigInt(`0x${process.capabilities ?? 0}`).toString(2)]
            .filter((bit) => bit === "1").length;
        const said = process.capabilities === all ? "all capabilities"
            : bits ? count(bits, "capability", "capabilities") : "no capability";
        return words("p", "rights", process.seccomp ? `${said}, seccomp filter` : said);
    }

    function drawProcess(process, box, all) {
        const inHost = box.key === "host";
        const { nspid, pid, uid, uid_inside: inside } = process;
        return make("li", { class: `process ${STATES[process.state] ?? ""}`, "data-key": `process ${pid}`,
            title: process.command ?? process.name },
        make("p", { class: "name" }, words("b", "", process.name),
            STATES[process.state] && words("span", "state", STATES[process.state])),
        inHost ? words("p", "", `pid ${pid}, uid ${uid}`)
            : numbers("pid", nspid.at(-1), pid, nspid.slice(1, -1).reverse()),
        !inHost && numbers("uid", inside ?? "none", uid),
        !inHost && process.state !== "Z" && rights(process, all));
    }

    function bar(name, text, part, ...events) {
        return make("li", { class: `use ${name} ${part >= 0.9 ? "full" : ""}` },
            words("span", "what", text),
            part !== undefined && make("span", { class: "gauge", style: `--part: ${Math.min(1, part)}` }),
            ...events.filter(Boolean).map((event) => words("b", "event", event)));
    }

    function drawCgroup(cgroup) {
        const { pids, pids_max, pids_refused, memory, memory_max, memory_killed,
            cpu_max, cpu_period, cpu_throttled, frozen } = cgroup;
        return make("section", { class: "cgroup", "data-key": `cgroup ${cgroup.path}` },
            make("p", { class: "path" }, words("span", "", cgroup.shared ? "the host's cgroup" : "cgroup"),
                words("code", "", cgroup.path),
                frozen === 1 && words("b", "event", "frozen")),
            list(`Limits of ${cgroup.path}`, "uses", [
                pids !== undefined && bar("pids", pids_max === undefined ? count(pids, "process", "processes")
                    : `${pids} of ${count(pids_max, "process", "processes")}`, pids_max && pids / pids_max,
                pids_refused && `${pids_refused} refused`),
                memory !== undefined && bar("memory", memory_max === undefined ? `memory ${megabytes(memory)} MB`
                    : `memory ${megabytes(memory)} of ${Math.round(memory_max / (1 << 20))} MB`, memory_max && memory / memory_max,
                memory_killed && `${memory_killed} killed`),
                cpu_max !== undefined && bar("cpu", `at most ${Math.round(100 * cpu_max / cpu_period)} % of a processor`,
                    undefined, cpu_throttled && `held back ${count(cpu_throttled, "time")}`),
            ].filter(Boolean)));
    }

    function drawNamespaces(box) {
        const kinds = Object.keys(KINDS).filter((kind) => kind !== "time" || box.own.includes(kind));
        return list("Namespaces", "namespaces", kinds.map((kind) => {
            const own = box.own.includes(kind);
            return make("li", { class: own ? "own" : "shared" }, words("span", "", KINDS[kind]),
                words("span", "heard-only", own ? "own" : "shared"));
        }));
    }

    /* What runs the host itself is folded: root's, without a terminal, and nobody
       started a container from it. */
    function isPlumbing(process, box) {
        return box.key === "host" && !process.terminal && process.uid === 0 &&
            !box.inner.some(({ processes: [first] }) => first.ppid === process.pid);
    }

    function drawBox(box, all) {
        const shown = box.processes.filter((process) => !isPlumbing(process, box));
        const folded = box.processes.filter((process) => isPlumbing(process, box));
        const draw = (process) => drawProcess(process, box, all);
        const inHost = box.key === "host";
        return make("section", { class: inHost ? "box host" : "box", "data-key": box.key,
            "aria-label": `${nameOf(box)} ${box.hostname}` },
        make("header", {}, make("p", { class: "caption" }, words("b", "", nameOf(box)),
            (inHost || box.own.includes("uts")) && words("code", "", box.hostname)),
        !inHost && drawNamespaces(box)),
        ...box.cgroups.map(drawCgroup),
        list("Processes", "processes", shown.map(draw)),
        folded.length > 0 && make("details", {},
            words("summary", "", `${count(folded.length, "process", "processes")} that run the machine`),
            list("Processes of the machine", "processes", folded.map(draw))),
        ...box.inner.map((inner) => drawBox(inner, all)),
        inHost && words("p", "hint", box.inner.length
            ? "A filled namespace is the box's own; a dashed one is that of the box around it."
            : "No container runs. Start one, and it appears here."));
    }

    /* ---- From one drawing to the next: what is the same stays in its place ------ */

    const STAYS = 2500; /* ms for which what is new or gone is marked */

    function mark(element, attribute, then) {
        element.setAttribute(attribute, "");
        setTimeout(then, STAYS);
    }

    function leave(element) {
        if (!element.dataset.key) return element.remove();
        element.setAttribute("aria-hidden", "true");
        element.inert = true;
        mark(element, "data-gone", () => element.remove());
    }

    function arrive(element) {
        if (element.dataset.key)
            mark(element, "data-new", () => element.removeAttribute("data-new"));
    }

    /** Children by their key, or else by tag and class. */
    function names(element) {
        const seen = {};
        return [...element.children].filter((child) => !("gone" in child.dataset)).map((child) => {
            const kind = child.dataset.key ?? `${child.tagName} ${child.classList[0]}`;
            seen[kind] = (seen[kind] ?? 0) + 1;
            return [child.dataset.key ?? `${kind} ${seen[kind]}`, child];
        });
    }

    function become(old, now) {
        for (const { name, value } of now.attributes)
            if (old.getAttribute(name) !== value) old.setAttribute(name, value);
        if (!now.children.length && !old.children.length) {
            if (old.textContent !== now.textContent) old.textContent = now.textContent;
            return;
        }
        const before = new Map(names(old));
        let last = null;
        for (const [name, child] of names(now)) {
            const same = before.get(name);
            before.delete(name);
            const next = same ?? child;
            if (same) become(same, child);
            else arrive(child);
            let at = last ? last.nextElementSibling : old.firstElementChild;
            while (at && at !== next && "gone" in at.dataset) at = at.nextElementSibling;
            if (at !== next) old.insertBefore(next, at);
            last = next;
        }
        for (const child of before.values()) leave(child);
    }

    /* ---- What pages use --------------------------------------------------------- */

    const drawn = new WeakMap();

    function parts(place) {
        if (!drawn.has(place)) {
            const said = make("p", { class: "said", role: "status" });
            const picture = make("div", { class: "drawn" });
            place.classList.add("see");
            place.replaceChildren(said, picture);
            drawn.set(place, { said, picture, boxes: null });
        }
        return drawn.get(place);
    }

    /** Tells something above the drawing. */
    function say(place, text) {
        parts(place).said.textContent = text;
    }

    /** Draws a snapshot, or changes into it what was drawn before. */
    function draw(place, snapshot) {
        const mine = parts(place);
        const boxes = sort(snapshot);
        const now = make("div", { class: "drawn" },
            drawBox(boxes[0], snapshot.processes[0].capabilities));
        if (mine.boxes) {
            become(mine.picture, now);
            const text = news(mine.boxes, boxes);
            if (text) say(place, text);
        } else {
            mine.picture.replaceChildren(...now.children);
            say(place, "");
        }
        mine.boxes = boxes;
    }

    const turns = new WeakMap();

    /**
     * Draws what `ask` returns, again and again while the place can be seen. A
     * second call for the same place takes over from the first.
     * @param ask  a promise of a snapshot, as text
     */
    async function follow(place, ask) {
        const turn = {};
        turns.set(place, turn);
        if (!drawn.has(place)) say(place, "Waiting for the machine …");
        let took = 0;
        while (!place.hidden && turns.get(place) === turn) {
            if (place.clientHeight && !document.hidden) {
                const asked = performance.now();
                try {
                    const text = await ask();
                    if (turns.get(place) === turn) draw(place, JSON.parse(text));
                } catch (error) {
                    say(place, `The machine cannot be seen: ${error.message}`);
                }
                took = performance.now() - asked;
            }
            /* Most of a slow machine's time is for others. */
            await new Promise((done) => setTimeout(done, Math.max(400, 3 * took)));
        }
    }

    return { draw, say, follow };
})();
