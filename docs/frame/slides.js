/* Turns slides over (reveal.js), in the colours that the reader chose. On a phone, and
   without this file, they are a page to be read. */
"use strict";

const theme = document.getElementById("theme");
const deck = document.getElementById("deck");
const root = document.documentElement;
const onPaper = /[?&](print-pdf|view=print)\b/.test(location.search);
const small = matchMedia("(max-width: 700px)");

/* ---- Light and dark ---------------------------------------------------------- */

function showTheme() {
    theme.setAttribute("aria-pressed", root.classList.contains("dark-mode"));
}
function changeTheme() {
    DoxygenAwesomeDarkModeToggle.userPreference = !DoxygenAwesomeDarkModeToggle.userPreference;
}
theme.addEventListener("click", changeTheme);
new MutationObserver(showTheme).observe(root, { attributeFilter: ["class"] });
showTheme();

/* ---- A run, step by step: each step is a fragment ------------------------------ */

for (const stepper of document.querySelectorAll(".stepper")) {
    const steps = stepper.querySelectorAll(".told > li").length;
    stepper.after(...Array.from({ length: steps - 1 }, () => {
        const fragment = document.createElement("span");
        fragment.className = "fragment custom";
        return fragment;
    }));
}

/* As many steps as fragments are shown, and the first. */
function showStep({ fragment }) {
    const bar = fragment.parentElement.querySelector(".stepper input");
    if (!bar) return;
    bar.value = 1 + fragment.parentElement.querySelectorAll(".fragment.visible").length;
    bar.dispatchEvent(new Event("input"));
}

/* ---- As large as it fits ------------------------------------------------------------ */

const STEPS = 10; /* from the largest to the smallest */
const LETTER = 0.603; /* how wide a letter of code is, of its height */
const END = 48; /* pixels at the end of a slide, of its 720 */

const fitsAbove = (slide, parts, end) => {
    const bottom = slide.getBoundingClientRect().bottom - end * Reveal.getScale();
    return [...parts].every((part) => part.getBoundingClientRect().bottom <= bottom);
};

/* Words, code and tables, without a line of code that is broken if that can be. */
function fitText(slide) {
    const blocks = [...slide.querySelectorAll(".program, pre.terminal")];
    const longest = (block) => Math.max(...block.textContent.split("\n").map((line) => line.length));
    const largest = slide.matches(":has(figure, .two-windows, table)") ? 28 : 34;
    for (let step = 0; step <= STEPS; step++) {
        const code = 30 - step;
        slide.style.setProperty("--words", `${largest - 0.8 * step}px`);
        slide.style.setProperty("--code", `${code}px`);
        slide.style.setProperty("--cell", `${27 - step}px`);
        if ((code <= 22 || blocks.every((block) => longest(block) * code * LETTER < block.clientWidth - 44)) &&
            fitsAbove(slide, slide.children, END)) break;
    }
}

/* The drawing of a run, below its words, whatever they are. */
function fitSteps(slide) {
    const picture = slide.querySelector(".stepper .picture");
    for (let zoom = 1.4; picture && zoom >= 0.8; zoom -= 0.05) {
        picture.style.zoom = zoom;
        if (fitsAbove(slide, [picture], END)) break;
    }
}

function fit(slide) {
    if (slide.querySelector(".stepper")) fitSteps(slide);
    else fitText(slide);
}

/* A drawing that is not wide has the right half, and the words the left. */
for (const svg of document.querySelectorAll(".slides section:not(.first) > figure.drawing > svg"))
    svg.closest("section").classList.toggle("beside",
        svg.viewBox.baseVal.width < 1.3 * svg.viewBox.baseVal.height &&
        !svg.closest("section").querySelector("pre, .program"));

/* ---- The deck -------------------------------------------------------------------- */

/* As wide as code of 80 columns asks for, and as high as the screen's shape gives. */
function shape() {
    const ratio = Math.max(1.2, Math.min(1.78, innerWidth / innerHeight));
    return { width: 1280, height: onPaper ? 720 : Math.round(1280 / ratio) };
}

async function start() {
    root.classList.add("turns");
    deck.classList.add("reveal");
    await Reveal.initialize({
        ...shape(), margin: 0, center: false, display: "flex", hash: true, slideNumber: "c/t",
        transition: "none", backgroundTransition: "none", pdfSeparateFragments: false,
        controlsTutorial: false, scrollActivationWidth: null, plugins: [RevealNotes],
        keyboard: { 68: changeTheme },
    });
    /* What reveal.js calls its parts: not landmarks of the page. */
    deck.querySelector("aside.controls").setAttribute("role", "none");
    Reveal.on("fragmentshown", showStep);
    Reveal.on("fragmenthidden", showStep);
    if (onPaper) return Reveal.getSlides().forEach(fit);
    const fitNow = () => fit(Reveal.getCurrentSlide());
    Reveal.on("slidechanged", fitNow);
    fitNow();
    addEventListener("resize", () => { Reveal.configure(shape()); fitNow(); });
}

if (self === top) small.addEventListener("change", () => location.reload());
/* The notes' window shows slides in small frames. */
if (!small.matches || onPaper || /[?&]receiver/.test(location.search)) start();
else for (const code of document.querySelectorAll(".program, pre"))
    if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
