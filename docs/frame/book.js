/* What moves in the book: contents on a phone, dark mode, what is being read,
   copy buttons and recordings. Everything else works without it; search.js
   searches. */
"use strict";

const $ = (id) => document.getElementById(id);

/* ---- Dark mode, which stays ----------------------------------------------

   doxygen-awesome-darkmode-toggle.js remembers what the reader chose, and follows
   the system. Its button cannot be reached by keyboard, and needs jQuery. */

function showTheme() {
    $("theme").setAttribute("aria-pressed",
        document.documentElement.classList.contains("dark-mode"));
}
$("theme").addEventListener("click", () => {
    DoxygenAwesomeDarkModeToggle.userPreference = !DoxygenAwesomeDarkModeToggle.userPreference;
});
new MutationObserver(showTheme).observe(document.documentElement, { attributeFilter: ["class"] });
showTheme();
/* A browser that lets pages store nothing does not even let that script run. */
try { DoxygenAwesomeDarkModeToggle.init; } catch { $("theme").hidden = true; }

/* ---- Contents, on a phone ----------------------------------------------- */

function showContents(open) {
    document.body.classList.toggle("contents-open", open);
    $("menu").setAttribute("aria-expanded", open);
}
$("menu").addEventListener("click", () =>
    showContents(!document.body.classList.contains("contents-open")));
$("main").addEventListener("click", () => showContents(false));
document.querySelector("#book [aria-current]")?.scrollIntoView({ block: "nearest" });

/* ---- What is on this page: the section that is being read is marked --------

   By doxygen-awesome-interactive-toc.js, which expects a page that scrolls in a
   box. On a phone its list unfolds at a click on a heading; ours at a button. */

const toc = document.querySelector(".contents > .toc");

function followReading() {
    /* Where a link leads to, below the bar. At the end of the page nothing can
       be scrolled there: what was asked for counts, or else the last section. */
    let offset = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) + 40;
    if (innerHeight + scrollY >= document.documentElement.scrollHeight - 2) {
        const asked = toc.querySelector(`a[href="${CSS.escape(location.hash)}"]`) &&
            $(location.hash.slice(1))?.getBoundingClientRect().top;
        offset = asked > offset ? asked + 1 : innerHeight;
    }
    DoxygenAwesomeInteractiveToc.topOffset = offset;
    DoxygenAwesomeInteractiveToc.update();
    for (const link of toc.querySelectorAll("a")) {
        if (!link.matches(".active")) { link.removeAttribute("aria-current"); continue; }
        link.setAttribute("aria-current", "location");
        if (toc.scrollHeight > toc.clientHeight)
            toc.scrollTop = link.offsetTop - toc.clientHeight / 2;
    }
}

if (toc) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "unfold";
    button.textContent = "On this page";
    const unfold = (open) => {
        toc.classList.toggle("open", open);
        button.setAttribute("aria-expanded", open);
    };
    unfold(false);
    button.addEventListener("click", () => unfold(!toc.matches(".open")));
    toc.before(button);
    DoxygenAwesomeInteractiveToc.init();
    addEventListener("load", followReading);
    addEventListener("scroll", followReading, { passive: true });
    addEventListener("hashchange", followReading);
}

/* ---- A link into something folded unfolds it ------------------------------ */

function unfoldTarget() {
    const target = location.hash && $(decodeURIComponent(location.hash.slice(1)));
    const folded = [];
    for (let around = target; around; around = around.parentElement)
        if (around.matches("details:not([open])")) folded.push(around);
    for (const block of folded) block.open = true;
    if (folded.length) target.scrollIntoView();
}
addEventListener("hashchange", unfoldTarget);
unfoldTarget();

/* ---- Code: copy buttons, and scrolling by keyboard ------------------------

   doxygen-awesome-fragment-copy-button.js copies a terminal with its prompts and
   output, is out of reach of a keyboard, and tells a screen reader nothing. */

const heard = document.createElement("p");
heard.className = "heard";
heard.setAttribute("role", "status");
document.body.append(heard);

/* What was copied, or what to do where the browser does not allow it. */
async function copy(text, block) {
    try {
        await navigator.clipboard.writeText(text);
        return "Copied";
    } catch {
        getSelection().selectAllChildren(block);
        return "Press Ctrl+C";
    }
}

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
            copy.querySelectorAll(".lineno, .run").forEach((other) => other.remove());
            return block.matches(".diff") ? copy.textContent.slice(1) : copy.textContent;
        }).join("\n");
        button.textContent = heard.textContent = await copy(text, block);
        setTimeout(() => { button.textContent = "Copy"; heard.textContent = ""; }, 1500);
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

/* ---- Recordings: the player comes when the first of them comes near ---------- */

const book = document.currentScript.src;

const brought = new Map();

/* A script or a style beside this file, once. */
function bring(tag, address, file, charset) {
    if (!brought.has(file)) brought.set(file, new Promise((done, failed) => {
        const element = document.createElement(tag);
        if (charset) element.charset = charset;
        if (tag === "link") element.rel = "stylesheet";
        element.addEventListener("load", done);
        element.addEventListener("error", (event) => {
            brought.delete(file);
            failed(event);
        });
        element[address] = new URL(file, book).href;
        document.head.append(element);
    }));
    return brought.get(file);
}

/* ---- What the reader has written, in the browser's storage, which may be
   forbidden or full: then it is kept for as long as the page is shown. --------- */

const unsaved = new Map();
let refused = false;
const storageRefused = () => refused;

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

/* Gives the reader a file. */
function download(name, type, text) {
    const link = document.createElement("a");
    link.download = name;
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.click();
    URL.revokeObjectURL(link.href);
}

let player;

async function showRecording(place) {
    player ??= Promise.all([bring("link", "href", "asciinema-player.css"),
        bring("script", "src", "asciinema-player.js")]);
    await player;
    place.classList.add("shown");
    const cast = JSON.parse(place.querySelector(".cast").textContent);
    AsciinemaPlayer.create({ data: cast }, place, {
        fit: "width", poster: "npt:0:01.5", idleTimeLimit: 2, preload: true,
        terminalFontFamily: getComputedStyle(document.documentElement)
            .getPropertyValue("--font-family-monospace"),
    });
}

const near = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        showRecording(target);
    }
}, { rootMargin: "300px" });
for (const place of document.querySelectorAll(".recording")) near.observe(place);

document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") showContents(false);
});
