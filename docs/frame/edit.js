/* Opens the editor (editor.js) beside the shells: from the dock, at "Build it", and
   above each listing of a file that can be edited. */
"use strict";

(() => {
    if (!Live.works) return;
    const { element, button } = Live;
    const stage = /chapter_(\w+)\.html$/.exec(location.pathname)?.[1];
    let wanted = {};
    let loaded = null;

    async function load(place) {
        await Promise.all([bring("link", "href", "edit.css"), bring("script", "src", "codemirror.js"),
            bring("script", "src", "code.js"), bring("script", "src", "sources.js")]);
        await bring("script", "src", "editor.js");
        Editor.build(place);
    }

    const show = Live.panel("Editor", async (place) => {
        Live.grow(matchMedia("(max-width: 60rem)").matches ? 80 : 65);
        loaded ??= load(place).catch((error) => {
            loaded = null;
            throw error;
        });
        await loaded;
        Editor.open({ stage: stage ?? "01_clone", ...wanted });
        wanted = {};
    });

    const opener = (label, name, at) => button(label, () => {
        wanted = { name, at };
        show();
    }, { className: "edit" });

    for (const caption of document.querySelectorAll("figure.listing figcaption")) {
        const name = caption.querySelector("code").textContent;
        if (/^(stages|common)\/.*\.c$/.test(name))
            caption.append(opener(/^stages\/\w+\.c$/.test(name) ? "Edit this stage" : "Edit this file",
                name, caption.parentElement.querySelector(".line").textContent));
    }
    const heading = document.querySelector('h2[id$="_build"]');
    if (stage && heading)
        heading.after(element("p", { class: "edit" }, opener("Edit this stage", `stages/${stage}.c`)));
})();
