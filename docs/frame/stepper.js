/* Turns the list of a run's steps over, one at a time, and lets the drawing grow
   with it. Without this file the list is a list. */
"use strict";

for (const stepper of document.querySelectorAll(".stepper")) {
    const steps = [...stepper.querySelectorAll(".told > li")];
    const parts = [...stepper.querySelectorAll("[data-from]")];
    const boxes = [...stepper.querySelectorAll(".process")];
    let now = 1;

    const button = (words, does) => {
        const made = document.createElement("button");
        made.type = "button";
        made.textContent = words;
        made.addEventListener("click", does);
        return made;
    };
    const back = button("← Back", () => show(now - 1));
    const next = button("Next →", () => show(now + 1));
    const larger = button("Full screen", () =>
        document.fullscreenElement ? document.exitFullscreen() : stepper.requestFullscreen());
    const bar = document.createElement("input");
    Object.assign(bar, { type: "range", min: 1, max: steps.length, value: 1 });
    bar.setAttribute("aria-label", "Step");
    bar.addEventListener("input", () => show(Number(bar.value)));
    const where = document.createElement("p");
    where.className = "where";
    const heard = document.createElement("p");
    heard.className = "heard";
    heard.setAttribute("aria-live", "polite");
    const controls = document.createElement("div");
    controls.className = "controls";
    controls.append(back, next, where, bar, heard);
    larger.className = "full";
    if (document.fullscreenEnabled) controls.append(larger);
    stepper.prepend(controls);
    stepper.classList.add("turns");
    for (const source of stepper.querySelectorAll("details")) source.open = true;
    for (const code of stepper.querySelectorAll("pre"))
        if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;

    function draw(step) {
        for (const part of parts) {
            const from = Number(part.dataset.from);
            part.hidden = step < from || step >= Number(part.dataset.until);
            part.classList.toggle("new", step === from);
        }
        for (const box of boxes)
            box.classList.toggle("acts", box.dataset.place === steps[step - 1].dataset.place);
    }

    function show(step, says = true) {
        now = Math.max(1, Math.min(steps.length, step));
        const item = steps[now - 1];
        draw(now);
        steps.forEach((other) => { other.hidden = other !== item; });
        back.disabled = now === 1;
        next.disabled = now === steps.length;
        bar.value = now;
        const position = `Step ${now} of ${steps.length}`;
        bar.setAttribute("aria-valuetext", position);
        where.textContent = position;
        if (says)
            heard.textContent = [position, ...[".who", ".call", ".why"].map((part) =>
                item.querySelector(part).textContent.trim())].join(". ");
    }

    /* Also while nothing has the focus, if the drawing is what is being looked
       at: a teacher presses a key, and does not aim first. In slides (slides.js) they
       are for all of them. */
    const isLookedAt = () => {
        const { top, bottom } = stepper.querySelector(".picture").getBoundingClientRect();
        return top < innerHeight * 0.8 && bottom > innerHeight * 0.2;
    };
    document.addEventListener("keydown", (event) => {
        const focus = document.activeElement;
        const mine = stepper.contains(focus) ? !focus.matches("input, pre")
            : (focus === document.body || focus.id === "main") && isLookedAt();
        const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!mine || !way || stepper.closest(".slides") || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        show(now + way);
    });
    /* On paper, as without this file. */
    addEventListener("beforeprint", () => draw(Number(stepper.dataset.still)));
    addEventListener("afterprint", () => draw(now));
    /* The address of a step shows it. */
    const showAsked = () => {
        const asked = steps.findIndex((item) => `#${item.id}` === location.hash);
        if (asked < 0) return false;
        show(asked + 1, false);
        stepper.scrollIntoView();
        return true;
    };
    addEventListener("hashchange", showAsked);
    if (!showAsked()) show(1, false);
}
