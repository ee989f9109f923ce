#!/usr/bin/env node
// Makes a book for paper of the site: one PDF with a table of contents, page
// numbers, and the answers at the end.
//
//     pdf.mjs SITE.tar NODE_MODULES/axe-core/axe.min.js print.css OUT.pdf
//
// Debian's Chromium lays it out twice: only after the first time is it known on
// which page a chapter begins.
import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { close, open, rest, site, url } from "./browser.mjs";

const [style, out] = rest;
copyFileSync(style, join(site, "print.css"));

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

// What the contents on the left of each page list, but for the reference, and
// for the page that compares stages: chapters have what it has on paper.
function partsOfBook() {
    const parts = [];
    let part = { title: "", pages: [] };
    for (const line of document.querySelectorAll("#book > h2, #book > ul > li > a")) {
        if (line.tagName === "H2") part = { title: line.textContent, pages: [] };
        if (line.tagName === "A" && line.getAttribute("href") !== "compare.html") part.pages.push(line.getAttribute("href"));
        if (!parts.includes(part)) parts.push(part);
    }
    return parts.filter(({ title, pages }) => title !== "Reference" && pages.length);
}

// In the browser: what of a page is for paper, with ids and links of the whole.
function pageForPaper({ file, files }) {
    const main = document.querySelector("main");
    for (const other of main.querySelectorAll(
        "script, button, nav, details.source")) other.remove();
    const prefix = (name) => name.replace(/\.html$/, "") + "--";
    for (const link of main.querySelectorAll("a[href]")) {
        const [path, anchor] = link.getAttribute("href").split("#");
        if (/^[a-z]+:/.test(path)) continue;
        const target = path || file;
        if (files.includes(target)) link.setAttribute("href", `#${prefix(target)}${anchor ?? ""}`);
        else link.replaceWith(...link.childNodes);
    }
    for (const element of main.querySelectorAll("[id]")) element.id = prefix(file) + element.id;
    for (const element of main.querySelectorAll("[aria-labelledby], [aria-describedby]"))
        for (const name of ["aria-labelledby", "aria-describedby"])
            if (element.hasAttribute(name)) element.setAttribute(name,
                element.getAttribute(name).split(" ").map((id) => prefix(file) + id).join(" "));
    for (const svg of main.querySelectorAll("svg *"))
        for (const { name, value } of [...svg.attributes])
            if (value.includes("url(#")) svg.setAttribute(name,
                value.replaceAll("url(#", `url(#${prefix(file)}`));
    // Answers go to the end of the book; other folds are opened.
    const later = [];
    for (const [i, block] of [...main.querySelectorAll("details")].entries()) {
        const summary = block.querySelector("summary");
        if (!block.classList.contains("answer")) { block.open = true; continue; }
        const id = `${prefix(file)}later-${i}`;
        const where = document.createElement("p");
        where.className = "later";
        where.innerHTML = `<a href="#${id}">${summary.innerHTML}</a> ` +
            `<span class="on" data-id="${id}"></span>`;
        block.before(where);
        summary.remove();
        later.push({ id, title: where.querySelector("a").innerHTML, html: block.innerHTML });
        block.remove();
    }
    const title = main.querySelector("h1");
    title.remove();
    return { file, id: prefix(file), title: title.textContent, later,
        html: (main.querySelector(".contents") ?? main).innerHTML };
}

// A line of the table of contents.
const entry = (title, id) =>
    `<li><a href="#${id}">${escaped(title)}</a>` +
    `<span class="dots"></span><span class="on" data-id="${id}"></span></li>`;

// The answers, under the titles of their chapters.
function answers(pages) {
    const html = pages.filter((page) => page.later.length).map((page) =>
        `<h2>${escaped(page.title)}</h2>` + page.later.map((l) =>
            `<section id="${l.id}"><h3>${l.title}</h3>${l.html}</section>`).join("\n")).join("\n");
    return html && { id: "answers--", title: "Answers", html };
}

function bookForPaper(parts, version) {
    const pages = parts.flatMap((part) => part.pages);
    const end = answers(pages);
    if (end) parts = [...parts, { title: "At the end", pages: [end] }];
    const contents = parts.map(({ title, pages: some }) =>
        (title ? `<li class="part">${escaped(title)}</li>` : "") +
        some.map((page) => entry(page.title, page.id)).join("\n")).join("\n");
    const all = parts.flatMap((part) => part.pages);
    // The running head of a page is the name of what it belongs to.
    const heads = all.map(({ title }, i) =>
        `@page at${i} { @top-right { content: ${JSON.stringify(title)}; } }`).join("\n");
    return `<!DOCTYPE html><html lang="en" class="light-mode"><head><meta charset="utf-8">
<title>Containers, one system call at a time</title>
<link rel="stylesheet" href="doxygen.css"><link rel="stylesheet" href="doxygen-awesome.css">
<link rel="stylesheet" href="book.css"><link rel="stylesheet" href="print.css">
<style>${heads}</style></head><body class="paper">
<section class="cover"><h1>Containers, one system call at a time</h1><p>barco ${version}</p></section>
<nav class="contents paper-contents"><h1>Contents</h1><ol>${contents}</ol></nav>
${all.map((page, i) => `<section class="page" style="page: at${i}">
<h1 id="${page.id}">${escaped(page.title)}</h1><div class="contents">${page.html}</div></section>`)
        .join("\n")}
</body></html>`;
}

// {id: page}, as poppler reads it from the PDF.
function pagesOfIds(file) {
    const said = execFileSync("pdfinfo", ["-dests", file], { maxBuffer: 1 << 26 }).toString();
    return new Map([...said.matchAll(/^ *(\d+) .*"(.*)"$/gm)].map(([, number, id]) => [id, number]));
}

try {
    const page = await open();
    await page.route(/\.js$/, (route) => route.abort());
    await page.goto(url("index.html"));
    const version = (await page.title()).replace(/.*barco /, "");
    const parts = await page.evaluate(partsOfBook);
    const files = parts.flatMap((part) => part.pages);
    for (const part of parts)
        for (const [i, file] of part.pages.entries()) {
            await page.goto(url(file));
            part.pages[i] = await page.evaluate(pageForPaper, { file, files });
        }
    writeFileSync(join(site, "paper.html"), bookForPaper(parts, version));
    await page.goto(url("paper.html"));
    // Chromium would make everything smaller rather than cut what is too wide.
    await page.setViewportSize({ width: Math.floor(170 / 25.4 * 96), height: 1000 });
    await page.emulateMedia({ media: "print" });
    const wide = await page.evaluate(() => [...document.querySelectorAll("body *")]
        .filter((e) => !e.closest("svg") && e.getBoundingClientRect().right > innerWidth + 1)
        .map((e) => `${e.closest(".page")?.querySelector("h1")?.textContent}: ` +
            e.outerHTML.slice(0, 120)));
    if (wide.length) throw new Error(`too wide for paper:\n${wide.slice(0, 8).join("\n")}`);
    const settings = { path: out, preferCSSPageSize: true, printBackground: true,
        outline: true, tagged: true };
    await page.pdf(settings);
    const numbers = Object.fromEntries(pagesOfIds(out));
    const missing = await page.evaluate((known) => {
        const lost = [];
        for (const place of document.querySelectorAll(".on")) {
            const number = known[place.dataset.id];
            if (number === undefined) lost.push(place.dataset.id);
            place.textContent = place.closest(".later") ? `(page ${number})` : number;
        }
        return lost;
    }, numbers);
    if (missing.length) throw new Error(`on no page: ${missing.join(", ")}`);
    await page.pdf(settings);
    const after = Object.fromEntries(pagesOfIds(out));
    const moved = Object.keys(numbers).filter((id) => numbers[id] !== after[id]);
    if (moved.length) throw new Error(`the numbers moved: ${moved.slice(0, 5).join(", ")}`);
} finally {
    await close();
}
