/* Fits a sheet onto its page: the largest letters with which nothing is left over, and
   below each question room for an answer. */
"use strict";

const LARGEST = 10; /* points */
const SMALLEST = 8;
const PIXELS = 96 / 72;
const columns = document.querySelector(".columns");

/* A drawing is as small as its words can be, and the first column wide enough for it. */
function shrink(svg) {
    const { width } = svg.viewBox.baseVal;
    const words = Math.min(...[...svg.querySelectorAll("text, tspan")].map((text) =>
        parseFloat(getComputedStyle(text).fontSize)));
    const wanted = Math.ceil(width * SMALLEST * PIXELS / words) + 1;
    svg.style.width = `${wanted}px`;
    if (wanted > svg.clientWidth) columns.style.gridTemplateColumns = `${wanted}px 1fr`;
}

const fits = () => columns.scrollHeight <= columns.clientHeight + 1;

if (matchMedia("print, (min-width: 800px)").matches) {
    for (const svg of document.querySelectorAll("svg")) shrink(svg);
    for (let size = LARGEST; size >= SMALLEST; size -= 0.1) {
        document.body.style.setProperty("--size", `${size}pt`);
        if (fits()) break;
    }
    for (let room = 16; room >= 0; room -= 0.5) {
        document.body.style.setProperty("--room", `${room}mm`);
        if (fits()) break;
    }
    document.body.dataset.fits = fits();
}
