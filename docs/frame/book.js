/* What moves in the book: contents on a phone, dark mode, copy buttons,
   recordings and search. Everything else works without it. */
"use strict";

const $ = (id) => document.getElementById(id);

/* ---- Dark mode, which stays --------------------------------------------- */

function showTheme() {
    const dark = document.documentElement.classList.contains("dark-mode");
    $("theme").setAttribute("aria-pressed", dark);
}
$("theme").addEventListener("click", () => {
    const html = document.documentElement;
    const dark = !html.classList.contains("dark-mode");
    html.classList.toggle("dark-mode", dark);
    html.classList.toggle("light-mode", !dark);
    try { localStorage.setItem("theme", dark ? "dark" : "light"); } catch { /* see header.html */ }
    showTheme();
});
showTheme();

/* ---- Contents, on a phone ----------------------------------------------- */

function showContents(open) {
    document.body.classList.toggle("contents-open", open);
    $("menu").setAttribute("aria-expanded", open);
}
$("menu").addEventListener("click", () =>
    showContents(!document.body.classList.contains("contents-open")));
$("main").addEventListener("click", () => showContents(false));
document.querySelector("#book [aria-current]")?.scrollIntoView({ block: "nearest" });

/* ---- Code: copy buttons, and scrolling by keyboard ---------------------- */

for (const block of document.querySelectorAll("div.fragment, pre.terminal, pre.diff, pre.fragment")) {
    const box = document.createElement("div");
    box.className = "copyable";
    block.replaceWith(box);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
        /* Of a terminal, what one types on the host, or else the line that one
           types in a container; of a diff, the new lines. */
        const typed = [...block.querySelectorAll(".command")];
        const outside = typed.filter((line) => !line.matches(".inside"));
        const commands = outside.length ? outside : typed;
        const lines = commands.length ? commands
            : block.matches(".diff") ? [...block.querySelectorAll(".add")]
            : [...block.querySelectorAll(".line")];
        const text = (lines.length ? lines : [block]).map((line) => {
            const copy = line.cloneNode(true);
            copy.querySelectorAll(".lineno").forEach((number) => number.remove());
            return block.matches(".diff") ? copy.textContent.slice(1) : copy.textContent;
        }).join("\n");
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    box.append(block, button);
    if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
}
for (const table of document.querySelectorAll(".contents table:not([role])")) {
    let box = table.closest(".wide");
    if (!box) {
        box = document.createElement("div");
        box.className = "wide";
        table.replaceWith(box);
        box.append(table);
    }
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}

for (const figure of document.querySelectorAll("figure.drawing"))
    if (figure.scrollWidth > figure.clientWidth) figure.tabIndex = 0;

/* ---- Recordings --------------------------------------------------------- */

for (const place of document.querySelectorAll(".recording")) {
    const cast = JSON.parse(place.querySelector(".cast").textContent);
    AsciinemaPlayer.create({ data: cast }, place, {
        fit: "width", poster: "npt:0:01.5", idleTimeLimit: 2, preload: true,
        terminalFontFamily: getComputedStyle(document.documentElement)
            .getPropertyValue("--font-family-monospace"),
    });
}

/* ---- Search ------------------------------------------------------------- */

let index;

function search(words) {
    if (!index) {
        index = new MiniSearch({
            fields: ["title", "page", "text"],
            storeFields: ["url", "page", "title", "text"],
            /* barco_cgroup_create is found by its parts too. */
            tokenize: (text) => {
                const names = text.split(/[^\p{L}\p{N}_]+/u).filter(Boolean);
                return names.flatMap((name) =>
                    name.includes("_") ? [name, ...name.split("_").filter(Boolean)] : [name]);
            },
            searchOptions: { boost: { title: 4, page: 2 }, combineWith: "AND",
                prefix: true, fuzzy: (word) => (word.length > 4 ? 0.15 : 0) },
        });
        index.addAll(window.bookSections);
    }
    return index.search(words).slice(0, 10);
}

/* Some words around the first that was found. */
function excerpt(result) {
    const text = result.text;
    const found = result.terms.map((t) => text.toLowerCase().indexOf(t)).filter((i) => i >= 0);
    const at = Math.max(0, Math.min(...found, text.length) - 50);
    return (at ? "…" : "") + text.slice(found.length ? at : 0).slice(0, 130) + "…";
}

function showResults() {
    const words = $("search").value.trim();
    const list = $("results");
    const found = words.length > 1 ? search(words) : [];
    list.replaceChildren(...found.map((result) => {
        const link = document.createElement("a");
        link.href = result.url;
        const title = document.createElement("b");
        title.textContent = result.title;
        const page = document.createElement("small");
        page.textContent = result.page === result.title ? "" : result.page;
        const text = document.createElement("span");
        text.textContent = excerpt(result);
        link.append(title, page, text);
        return link;
    }));
    if (words.length > 1 && !found.length) list.textContent = "Nothing was found.";
}

$("search").addEventListener("input", showResults);
$("search").addEventListener("focus", showResults);
document.addEventListener("keydown", (event) => {
    const links = [...$("results").querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const searching = document.activeElement === $("search") || at >= 0;
    if (event.key === "/" && !searching) {
        event.preventDefault();
        $("search").focus();
    } else if (event.key === "Escape") {
        $("results").replaceChildren();
        showContents(false);
    } else if (searching && event.key === "Enter" && at < 0 && links.length) {
        links[0].click();
    } else if (searching && links.length && /^Arrow(Down|Up)$/.test(event.key)) {
        event.preventDefault();
        const next = at + (event.key === "ArrowDown" ? 1 : -1);
        (links[next] ?? (next < 0 ? $("search") : links.at(-1))).focus();
    }
});
document.addEventListener("click", (event) => {
    if (!event.target.closest(".search")) $("results").replaceChildren();
});
