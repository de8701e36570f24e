// Put what the extension is packaged with beside it: licence, example, and the program with the list of what it needs.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..", "..");
const own = join(import.meta.dirname, "..");
const program = join(own, "program");

copyFileSync(join(root, "LICENSE"), join(own, "LICENSE"));
copyFileSync(join(root, "examples", "flawed-post.md"), join(own, "example.md"));

rmSync(program, { recursive: true, force: true });
mkdirSync(program);
const wheels = existsSync(join(root, "dist")) ? readdirSync(join(root, "dist")).filter((name) => name.endsWith(".whl")) : [];
if (wheels.length !== 1) {
  console.error("Without one wheel in dist/ (`make wheel`) the extension cannot install the program.");
} else {
  copyFileSync(join(root, "dist", wheels[0]), join(program, wheels[0]));
  copyFileSync(join(root, "dependencies", "run.txt"), join(program, "run.txt"));
}
