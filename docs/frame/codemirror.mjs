// What editor.js uses of CodeMirror. The build makes one script of it, codemirror.js,
// because a page that was opened from a file cannot load modules.
export { EditorState, Compartment } from "@codemirror/state";
export {
    EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers,
} from "@codemirror/view";
export { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
export {
    HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting,
} from "@codemirror/language";
export { cpp } from "@codemirror/lang-cpp";
export { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
export { unifiedMergeView } from "@codemirror/merge";
export { search, searchKeymap } from "@codemirror/search";
export { tags } from "@lezer/highlight";
