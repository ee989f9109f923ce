/* Any two stages: which lines differ was worked out by compare.py; here they are
   shown in one column or in two. The choice is kept in the address. */
"use strict";

{
const { sources, changes, notes } = JSON.parse(document.getElementById("compare-data").textContent);
const stages = Object.keys(sources);
const form = document.getElementById("compare");
const result = form.querySelector(".result");
const around = 3;

function element(tag, kind, ...children) {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    made.append(...children);
    return made;
}

/* The note of the latest step, up to a stage, that added or dropped this line. */
function noteOf(sign, line, first, last) {
    return notes.findLast(([step, kind, text]) =>
        step > first && step <= last && kind === sign && text === line.trim())?.[3];
}

/* [{kind, left, right, leftNote, rightNote}], where what both stages have is cut
   to a few lines around the others. */
function rowsOf(from, to) {
    const [a, b] = [sources[from], sources[to]];
    const [first, last] = [stages.indexOf(from), stages.indexOf(to)];
    const rows = [];
    let at = 0;
    const same = (end) => {
        for (; at < end; at++) rows.push({ kind: "same", left: a[at], right: a[at] });
    };
    for (const [i, iEnd, j, jEnd] of changes[`${from} ${to}`]) {
        same(i);
        for (let k = 0; k < Math.max(iEnd - i, jEnd - j); k++) {
            const left = i + k < iEnd ? a[i + k] : undefined;
            const right = j + k < jEnd ? b[j + k] : undefined;
            rows.push({ kind: "change", left, right,
                leftNote: left && noteOf("-", left, first, last),
                rightNote: right && noteOf("+", right, first, last) });
        }
        at = iEnd;
    }
    same(a.length);
    const near = rows.map((_, k) => rows.slice(Math.max(0, k - around), k + around + 1)
        .some((row) => row.kind === "change"));
    return rows.flatMap((row, k) => {
        if (near[k]) return [row];
        return near[k - 1] ?? true ? [{ kind: "hunk" }] : [];
    });
}

function oneColumn(rows, from, to) {
    const lines = [element("span", "file", `--- stages/${from}.c`), element("span", "file", `+++ stages/${to}.c`)];
    const emit = (kind, sign, line, note) => {
        lines.push(element("span", kind, sign + line));
        if (note) lines.push(element("span", "note", note));
    };
    for (let k = 0; k < rows.length; k++) {
        if (rows[k].kind === "hunk") lines.push(element("span", "hunk", "⋯"));
        else if (rows[k].kind === "same") emit("same", " ", rows[k].left);
        else {
            const block = [];
            while (rows[k]?.kind === "change") block.push(rows[k++]);
            k--;
            for (const row of block) if (row.left !== undefined) emit("del", "-", row.left, row.leftNote);
            for (const row of block) if (row.right !== undefined) emit("add", "+", row.right, row.rightNote);
        }
    }
    return element("pre", "diff", ...lines.flatMap((line) => [line, "\n"]).slice(0, -1));
}

function twoColumns(rows, from, to) {
    const body = element("tbody", "");
    for (const row of rows) {
        const cell = (kind, line, note) => {
            const made = element("td", line === undefined ? "" : kind, line ?? "");
            if (note) made.append(element("span", "note", note));
            return made;
        };
        body.append(row.kind === "hunk"
            ? element("tr", "", element("td", "hunk", "⋯"), element("td", "hunk", "⋯"))
            : element("tr", "", cell(row.kind === "same" ? "" : "del", row.left, row.leftNote),
                cell(row.kind === "same" ? "" : "add", row.right, row.rightNote)));
    }
    const head = element("tr", "", ...[from, to].map((stage) => {
        const th = element("th", "", `stages/${stage}.c`);
        th.scope = "col";
        return th;
    }));
    return element("table", "sides", element("thead", "", head), body);
}

function show() {
    /* In either order: what is later has the lines that are added. */
    const [from, to] = [form.elements.from.value, form.elements.to.value]
        .sort((one, other) => stages.indexOf(one) - stages.indexOf(other));
    const rows = from === to ? [] : rowsOf(from, to);
    const count = (side) => rows.filter((row) => row.kind === "change" && row[side] !== undefined).length;
    form.querySelector("[role=status]").textContent = from === to ? "This is the same stage twice."
        : `${count("right")} lines added, ${count("left")} dropped.`;
    const sides = form.elements.sides.checked && matchMedia("(min-width: 901px)").matches;
    result.replaceChildren(...(rows.length ? [(sides ? twoColumns : oneColumn)(rows, from, to)] : []));
    const diff = result.querySelector("pre");
    if (diff && diff.scrollWidth > diff.clientWidth) diff.tabIndex = 0;
}

function remember() {
    const { from, to, sides } = form.elements;
    try {
        history.replaceState(null, "", `?from=${from.value}&to=${to.value}${sides.checked ? "&sides" : ""}`);
    } catch { /* file:// in some browsers */ }
}

const asked = new URLSearchParams(location.search);
form.elements.from.value = stages.includes(asked.get("from")) ? asked.get("from") : stages[0];
form.elements.to.value = stages.includes(asked.get("to")) ? asked.get("to") : stages.at(1);
form.elements.sides.checked = asked.has("sides");
form.addEventListener("change", () => {
    show();
    remember();
});
form.addEventListener("submit", (event) => event.preventDefault());
show();
}
