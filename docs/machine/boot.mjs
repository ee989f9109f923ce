// boot.mjs V86 FIRMWARE KERNEL INITRAMFS DISK OUT: boots the machine once, while
// the book is made, and saves it at the moment when it waits for a reader.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [v86, firmware, kernel, initramfs, disk, out] = process.argv.slice(2);
const { V86 } = await import(pathToFileURL(path.resolve(v86, "libv86.mjs")));

function buffer(file) {
    const bytes = fs.readFileSync(file);
    return { buffer: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) };
}
const machine = new V86({
    wasm_path: path.resolve(v86, "v86.wasm"),
    memory_size: 128 << 20, vga_memory_size: 2 << 20,
    bios: buffer(path.join(firmware, "bios.bin")),
    vga_bios: buffer(path.join(firmware, "vgabios-stdvga.bin")),
    bzimage: buffer(kernel), initrd: buffer(initramfs), hda: buffer(disk),
    uart1: true, uart2: true,
    cmdline: "console=ttyS0 quiet tsc=reliable mitigations=off random.trust_cpu=on acpi=off " +
        "pnpbios=off mce=off no_timer_check barco.lab lpj=4000000 cryptomgr.notests",
    autostart: true, disable_keyboard: true, disable_mouse: true, disable_speaker: true,
});
const said = ["", "", ""];
for (const port of [0, 1, 2])
    machine.add_listener(`serial${port}-output-byte`, (byte) => {
        said[port] += String.fromCharCode(byte);
    });
const deadline = setTimeout(() => {
    console.error(`boot: the machine did not start:\n${said.join("\n")}`);
    process.exit(1);
}, 600e3);
while (!said[2].includes("machine: ready")) await new Promise((done) => setTimeout(done, 100));
await new Promise((done) => setTimeout(done, 1000));
fs.writeFileSync(out, Buffer.from(await machine.save_state()));
clearTimeout(deadline);
await machine.destroy();
process.exit(0);
