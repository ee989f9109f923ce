/* The exercises in the page: a button at each that opens it beside the shells
   (workbench.js), what is done of them, and a file of that for a teacher.

   What is done stays in the browser's storage, as `barco progress`:
   { NAME: { tried, passed, hints, program, seconds } }, where tried and passed are times,
   program is the source that passed, and seconds are those that a check takes. */
"use strict";

const Progress = (() => {
    const known = () => JSON.parse(kept("progress") ?? "{}");
    const of = (name) => known()[name] ?? {};
    const words = (name) => (of(name).passed ? "✓ Done" : of(name).tried ? "Begun" : "");

    /** Remembers more of an exercise. */
    function note(name, more) {
        keep("progress", JSON.stringify({ ...known(), [name]: { ...of(name), ...more } }));
        show();
    }

    /** Remembers when it was begun. */
    function begin(name) {
        if (!of(name).tried) note(name, { tried: new Date().toISOString() });
    }

    /* ---- What the page shows of it ----------------------------------------------- */

    const shows = [];
    const show = () => shows.forEach((one) => one());

    /** A place that says how far an exercise is; a screen reader hears when that changes. */
    function state(name) {
        const place = document.createElement("span");
        place.className = "state";
        place.setAttribute("role", "status");
        shows.push(() => {
            place.textContent = words(name);
            place.classList.toggle("done", Boolean(of(name).passed));
        });
        return place;
    }

    /* The table by chapters: only when there is something to say. */
    const table = document.getElementById("progress");
    if (table) shows.push(() => {
        table.hidden = !Object.values(known()).some(({ tried, passed }) => tried || passed);
        for (const chapter of table.querySelectorAll("[data-exercises]")) {
            const names = chapter.dataset.exercises.split(" ");
            const done = names.filter((name) => of(name).passed).length;
            chapter.querySelector("progress").value = done;
            chapter.querySelector(".count").textContent = `${done} of ${names.length}`;
        }
    });

    /* ---- The file for a teacher ------------------------------------------------------ */

    /** What is in it, and its format, says the page of the exercises. */
    function file(student) {
        const exercises = {};
        for (const [name, { passed, hints = 0, program }] of Object.entries(known()))
            exercises[name] = { ...(passed && { passed }), hints,
                program: program ?? kept(`exercise ${name}`) ?? undefined };
        return `${JSON.stringify({ barco: "progress", version: 1, student, exercises }, null, 2)}\n`;
    }

    const teacher = document.getElementById("progress-file");
    if (teacher) {
        teacher.innerHTML = '<form><label>Your name: <input name="student" autocomplete="name" required>' +
            '</label> <button class="edit">Download your progress</button></form>';
        const form = teacher.firstChild;
        const { student } = form.elements;
        student.value = kept("student") ?? "";
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            keep("student", student.value);
            /* The grader takes the file's name for the student's. */
            const name = student.value.match(/[\p{L}\p{M}\p{N}]+/gu)?.join("-") ?? "student";
            download(`${name}.json`, "application/json", file(student.value));
        });
    }

    /* ---- The buttons ------------------------------------------------------------------- */

    if (typeof Live !== "undefined" && Live.works && document.querySelector("[data-exercise]")) {
        let wanted = null;
        let loaded = null;
        const load = async (place) => {
            await Promise.all([bring("link", "href", "edit.css"), bring("script", "src", "codemirror.js"),
                bring("script", "src", "code.js"), bring("script", "src", "exercises.js")]);
            await bring("script", "src", "workbench.js");
            Workbench.build(place);
        };
        const openPanel = Live.panel("Exercise", async (place) => {
            Live.grow(80);
            loaded ??= load(place).catch((error) => {
                loaded = null;
                throw error;
            });
            await loaded;
            Workbench.open(wanted);
            wanted = null;
        });
        for (const place of document.querySelectorAll("[data-exercise]")) {
            const name = place.dataset.exercise;
            const title = place.dataset.title;
            const opener = Live.button("Do it here", () => {
                wanted = name;
                openPanel();
            }, { className: "edit" });
            opener.setAttribute("aria-label", `Do it here: ${title}`);
            place.querySelector(".do").append(opener, state(name));
        }
    }

    /* In another tab, too. */
    addEventListener("storage", show);
    show();

    return { of, note, begin };
})();
