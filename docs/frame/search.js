/* The search. MiniSearch and the index are large, and come when the reader first
   turns to the search; as scripts, because a page from file:// may not fetch. */
"use strict";

{
    const input = document.getElementById("search");
    const list = document.getElementById("results");
    const heard = document.getElementById("found");
    const here = new URL(document.currentScript.src);

    /* ---- What is found, and in which order -------------------------------- */

    /* What each kind of entry is called; what a match of any kind weighs, and one
       of its whole name. For a word of every day a chapter comes before the
       reference, for the name of a symbol the reference before all. */
    const kinds = {
        chapter: ["", 6, 2],
        section: ["", 2, 4],
        teacher: ["For teachers", 0.5, 3],
        breakout: ["Break-out", 1, 3],
        cause: ["Failure", 0.6, 4],
        run: ["Step of a run", 0.5, 3],
        word: ["Glossary", 1, 3],
        module: ["Reference", 0.4, 2],
        symbol: ["Reference", 0.3, 40],
        field: ["Reference", 0.1, 2],
    };
    const name = /[\p{L}\p{N}_]+(?:[.:/-]+[\p{L}\p{N}_]+)*/gu;

    const names = (text) => text.match(name) ?? [];
    /* pids.max and barco_cgroup_create are found whole and by their parts. */
    const parts = (text) => names(text).flatMap((whole) => {
        const split = whole.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
        return split.length > 1 ? [whole, ...split] : [whole];
    });
    const plain = (text) => names(text).join(" ").toLowerCase();
    /* "Step 3: be born in it" is called "be born in it", and the break-out
       "forkbomb: processes until ..." is called "forkbomb". */
    const nameOf = (kind, title) => plain(kind === "breakout" ? title.split(":")[0]
        : title.replace(/^(Chapter|Step) \d+: /, ""));

    let index;

    function makeIndex() {
        index = new MiniSearch({
            fields: ["title", "page", "text"],
            storeFields: ["url", "kind", "page", "title", "text"],
            tokenize: parts,
        });
        index.addAll(window.bookSections);
    }

    function find(words) {
        const whole = plain(words);
        const joined = whole.replaceAll(" ", "");
        const options = {
            boost: { title: 3, page: 0.7 },
            prefix: (word) => word.length > 2,
            fuzzy: (word) => (word.length > 5 ? 0.15 : 0),
            boostDocument: (id, term, { kind, title, text }) => {
                const [, weight, called] = kinds[kind];
                return weight * ([whole, joined].includes(nameOf(kind, title)) ? called
                    : plain(title).includes(whole) ? 2 : plain(text).includes(whole) ? 1.5 : 1);
            },
        };
        /* All words, or else all their parts, or else some of them. A "fork bomb"
           may be called forkbomb. */
        for (const how of [["AND", names], ["AND", parts], ["OR", parts]]) {
            const found = index.search({ combineWith: "OR", queries: [
                { combineWith: how[0], tokenize: how[1], queries: [words] },
                { queries: [joined], tokenize: names, prefix: false, fuzzy: false },
            ] }, options);
            if (found.length) return found.slice(0, 12);
        }
        return [];
    }

    /* ---- How it looks: found words are marked ------------------------------ */

    const escaped = (word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    const marker = (terms) => new RegExp("(?<![\\p{L}\\p{N}])(" + [...terms]
        .sort((a, b) => b.length - a.length).map(escaped).join("|") + ")(?![\\p{L}\\p{N}])", "giu");

    function marked(element, text, terms) {
        for (const [i, piece] of text.split(marker(terms)).entries()) {
            if (i % 2 === 0) { element.append(piece); continue; }
            const mark = document.createElement("mark");
            mark.textContent = piece;
            element.append(mark);
        }
        return element;
    }

    /* The words around the place with most of what was looked for. */
    function excerpt(text, terms, words) {
        const length = 150;
        const places = [...text.matchAll(marker(terms))].map(({ 0: term, index: at }) => ({ at, term: term.toLowerCase() }));
        const worth = ({ at }) => new Set(places.filter((other) => other.at >= at &&
            other.at < at + length - 40).map(({ term }) => term)).size;
        const phrase = text.toLowerCase().indexOf(words.toLowerCase());
        const best = places.reduce((most, place) => (worth(place) > worth(most) ? place : most), places[0]);
        const from = Math.max(0, (phrase >= 0 ? phrase : best?.at ?? 0) - 40);
        const start = from ? text.indexOf(" ", from) + 1 : 0;
        const end = text.length <= start + length ? text.length : text.lastIndexOf(" ", start + length);
        return (start ? "… " : "") + text.slice(start, end) + (end < text.length ? " …" : "");
    }

    function item({ url, kind, page, title, text, terms }, words) {
        const link = document.createElement("a");
        link.href = url;
        const from = [kinds[kind][0], kind === "breakout" || kind === "word" || page === title ? "" : page];
        const where = document.createElement("small");
        where.textContent = from.filter(Boolean).join(" · ");
        link.append(marked(document.createElement("b"), title, terms), where);
        if (text) link.append(marked(document.createElement("span"), excerpt(text, terms, words), terms));
        const row = document.createElement("li");
        row.append(link);
        return row;
    }

    function close() {
        list.replaceChildren();
        heard.textContent = "";
    }

    function show() {
        const words = input.value.trim();
        if (words.length < 2) return close();
        if (!index) return load();
        const found = find(words);
        list.replaceChildren(...found.map((result) => item(result, words)));
        heard.textContent = found.length ? `${found.length} results` : `Nothing was found for “${words}”.`;
    }

    /* ---- Loading, when it is wanted ----------------------------------------- */

    const wanted = ["minisearch.js", "search-index.js"];
    let loads = false;

    function load() {
        if (loads) return;
        loads = true;
        let missing = wanted.length;
        for (const file of wanted) {
            const script = document.createElement("script");
            script.src = new URL(file, here);
            script.addEventListener("load", () => {
                if (--missing) return;
                makeIndex();
                if (document.activeElement === input) show();
            });
            script.addEventListener("error", () => {
                heard.textContent = "The index of the search cannot be loaded.";
            });
            document.head.append(script);
        }
    }

    /* ---- By keys ------------------------------------------------------------- */

    input.addEventListener("focus", () => { load(); show(); });
    input.addEventListener("input", show);
    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        const focus = document.activeElement;
        if (event.key === "/" && !focus.matches("input, select, textarea")) {
            event.preventDefault();
            input.select();
            input.focus();
            return;
        }
        if (!input.parentElement.contains(focus)) return;
        const links = [...list.querySelectorAll("a")];
        const at = links.indexOf(focus);
        if (event.key === "Escape") {
            if (at >= 0) input.focus();
            close();
        } else if (event.key === "Enter" && focus === input) {
            links[0]?.click();
        } else if (/^Arrow(Down|Up)$/.test(event.key) && links.length) {
            event.preventDefault();
            const next = at + (event.key === "ArrowDown" ? 1 : -1);
            (next < 0 ? input : links[Math.min(next, links.length - 1)]).focus();
        }
    });
    document.addEventListener("click", (event) => {
        if (!input.parentElement.contains(event.target)) close();
    });
    /* What was found is on this page: there is nothing more to show. */
    list.addEventListener("click", (event) => {
        if (event.target.closest("a")) close();
    });
}
