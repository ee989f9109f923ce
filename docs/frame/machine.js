/* The machine in the page: a PC in WebAssembly (v86) that continues from where the build
   saved it. Two of its serial ports are shells; through the third the page has the
   machine's root run a line.

   Nothing of it is loaded before a reader wants it, and all of it by scripts, so
   that a page works that was opened from a file. */
"use strict";

const Machine = (() => {
    const MEMORY = 128 << 20; /* as boot.mjs saved it */
    const PAGE_PORT = 2;

    /* The characters of windows-1252 that are not the byte of their number. */
    const bytesOf = new Map([...new TextDecoder("windows-1252")
        .decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))]
        .map((character, byte) => [character.charCodeAt(0), byte]));
    function bytes(text) {
        const out = new Uint8Array(text.length);
        for (let i = 0; i < text.length; i++) {
            const code = text.charCodeAt(i);
            out[i] = code < 128 ? code : bytesOf.get(code);
        }
        return out.buffer;
    }

    const unzip = (text) => new Response(new Blob([bytes(text)]).stream()
        .pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();

    let emulator = null;
    let starting = null;
    let saved = null;
    const listeners = [[], []];
    const tell = (port, byte) => { for (const listener of [...listeners[port]]) listener(byte); };

    /* ---- What comes over the page's own port: lines ----------------------- */

    let line = "";
    let asked = [];
    let number = 0;
    const decoder = new TextDecoder();
    function hear(byte) {
        if (byte !== 10) {
            if (byte !== 13) line += String.fromCharCode(byte);
            return;
        }
        const said = decoder.decode(Uint8Array.from(line, (c) => c.charCodeAt(0)));
        line = "";
        const end = /^(.*)\x1edone (\d+) (\d+)$/.exec(said);
        const words = end ? end[1] : said;
        if (asked[0] && (words || !end)) {
            asked[0].output.push(words);
            asked[0].each(words);
        }
        if (!end) return;
        /* An answer to what nobody waits for any more counts for nothing. */
        if (Number(end[2]) !== asked[0]?.number) return;
        const { done, output } = asked.shift();
        done({ status: Number(end[3]), output: output.join("\n") });
    }

    const encoder = new TextEncoder();
    const send = (port, text) => emulator.serial_send_bytes(port, encoder.encode(text));

    /* ---- Start, and start again ------------------------------------------- */

    async function build() {
        if (!saved) {
            await Promise.all([bring("script", "src", "v86.js"),
                bring("script", "src", "machine-saved.js", "windows-1252")]);
            const { wasm, bios, vga, state } = window.barcoMachine;
            /* Compiled here, so that a page that may not is told, and does not wait. */
            saved = { state: bytes(state), bios: await unzip(bios), vga: await unzip(vga),
                wasm: await WebAssembly.compile(await unzip(wasm)) };
            delete window.barcoMachine;
        }
        const machine = new V86({
            wasm_fn: async (imports) =>
                (await WebAssembly.instantiate(saved.wasm, imports)).exports,
            memory_size: MEMORY, vga_memory_size: 2 << 20,
            bios: { buffer: saved.bios }, vga_bios: { buffer: saved.vga },
            initial_state: { buffer: saved.state },
            /* The disk comes with the state. */
            hda: { buffer: new ArrayBuffer(512) },
            uart1: true, uart2: true,
            autostart: true, disable_keyboard: true, disable_mouse: true, disable_speaker: true,
            /* A container runs much code once: compiling it takes longer than it saves. */
            disable_jit: true,
        });
        for (const port of [0, 1])
            machine.add_listener(`serial${port}-output-byte`, (byte) => tell(port, byte));
        machine.add_listener(`serial${PAGE_PORT}-output-byte`, hear);
        await new Promise((done) => machine.add_listener("emulator-started", done));
        emulator = machine;
        /* What is sent at once may be lost: ask until the machine answers. A slow
           computer gets more time each time. */
        line = "";
        let patience = 250;
        do { asked = []; patience *= 2; } while (await Promise.race([
            command("true").then(() => false),
            new Promise((again) => setTimeout(again, patience, true)),
        ]));
        await command(`date -s @${Math.floor(Date.now() / 1000)} && echo ${crypto.getRandomValues(
            new Uint32Array(4)).join("")} >/dev/urandom`);
    }

    /** Starts the machine, if it does not run; resolves when it answers. */
    function start() {
        starting ??= build().catch((error) => {
            starting = null;
            throw error;
        });
        return starting;
    }

    /** Gives the saved machine back; what was done in it is gone. */
    async function reset() {
        await starting;
        for (const { fail } of asked) fail(new Error("the machine was reset"));
        await emulator.destroy();
        emulator = starting = null;
        return start();
    }

    /**
     * Resolves when a new shell has said what it is, printed its prompt, and asked the
     * terminal where the cursor is, which it leaves out if something was typed already.
     */
    function prompt(port) {
        return new Promise((done) => {
            let said = "";
            let patience = null;
            const end = () => {
                clearTimeout(patience);
                listeners[port] = listeners[port].filter((one) => one !== listen);
                done();
            };
            const listen = (byte) => {
                said += String.fromCharCode(byte);
                if (!/built-in commands[^]*[$#] /.test(said)) return;
                patience ??= setTimeout(end, 2000);
                if (said.endsWith("\x1b[6n")) end();
            };
            listeners[port].push(listen);
        });
    }

    /** A new shell in a terminal, of root or of learner; what ran in it ends. */
    async function login(port, user) {
        await start();
        const ready = prompt(port);
        await command(`echo ${user} >/run/user${port}; kill -9 $(cat /run/shell${port})`);
        await ready;
    }

    /** Tells a shell how large its terminal is, and those that come after it there. */
    async function resize(port, columns, rows) {
        await start();
        const size = `cols ${columns} rows ${rows}`;
        await command(`echo ${size} >/run/size${port}; stty ${size} </dev/ttyS${port}`);
    }

    /**
     * Runs a line as the machine's root, in no shell that the reader sees; one
     * at a time.
     * @param each  is called with each line that it prints, when it prints it
     * @returns {Promise<{status: number, output: string}>}
     */
    function command(text, each = () => {}) {
        return new Promise((done, fail) => {
            asked.push({ done, fail, each, output: [], number: ++number });
            send(PAGE_PORT, `run ${number} ${text}\n`);
        });
    }

    /* ---- What the reader writes -------------------------------------------- */

    const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

    async function root(text) {
        const answer = await command(text);
        if (answer.status) throw new Error(answer.output || text);
    }

    /** Writes a file into the machine: in base64, which a line can have, and in parts. */
    async function put(file, text) {
        await start();
        const packed = btoa(String.fromCharCode(...new TextEncoder().encode(text)));
        await root(`mkdir -p ${file.replace(/[^/]*$/, "")} && : >${file}.packed`);
        for (const part of packed.match(/.{1,3000}/g) ?? [])
            await root(`echo ${part} >>${file}.packed`);
        await root(`base64 -d ${file}.packed >${file} && rm ${file}.packed`);
    }

    const TCC = "tcc -std=gnu17 -D_GNU_SOURCE -I/barco/include -I/barco -I/barco/common " +
        "-I/barco/stages/options";
    const LIBRARIES = "/barco/lib/libbarco.a -lseccomp -ljson-c -lcap -lbsd -lmd";

    /**
     * Makes a program of sources, and of barco's library, in a folder.
     * @returns {Promise<{status: number, output: string}>}  of tcc
     */
    async function compile(folder, program, sources) {
        await start();
        /* A program that still runs cannot be written over. */
        return command(`cd ${folder} && rm -f ${program} && ${TCC} -o ${program} ${sources.join(" ")} ${LIBRARIES} 2>&1`);
    }

    return {
        start, reset, login, resize, put, compile, quote,
        command: async (text, each) => { await start(); return command(text, each); },
        /** Types into a shell: 0, or 1, the second shell outside. */
        type: async (port, text) => { await start(); send(port, text); },
        /** Calls back with each byte that a shell prints. */
        on: (port, listener) => listeners[port].push(listener),
    };
})();
