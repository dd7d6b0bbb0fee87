// Starts the real window on a library of its own and hands out a driver for it. Run through scripts/e2e.sh.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Builder, Capabilities } from "selenium-webdriver";

const APP = process.env.REPRISE_APP;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function answers(url) {
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(`${url}/status`).then((reply) => reply.ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`WebKitWebDriver does not answer at ${url}`);
}

/** A folder of its own for everything the window writes; `remove()` takes it away. */
export async function home() {
  const path = await mkdtemp(join(tmpdir(), "reprise-e2e-"));
  const environment = {
    XDG_DATA_HOME: join(path, "data"),
    XDG_CACHE_HOME: join(path, "cache"),
    XDG_CONFIG_HOME: join(path, "config"),
  };
  return { path, environment, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The processes that `pid` has started and that still run. */
const children = (pid) => readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");

/** Opens the window; `close()` has the driver end it and waits until it is gone. */
export async function openWindow(home, args = []) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn("WebKitWebDriver", [`--port=${port}`], {
    // The driver hands its environment to the window.
    env: { ...process.env, ...home.environment, TAURI_WEBVIEW_AUTOMATION: "true" },
    stdio: "ignore",
  });
  await answers(url);
  const capabilities = new Capabilities({ "webkitgtk:browserOptions": { binary: APP, args } });
  // WebKitWebDriver knows windows that are no browser by this name only.
  capabilities.setBrowserName("wry");
  const driver = await new Builder().usingServer(url).withCapabilities(capabilities).build();
  const close = async () => {
    await driver.quit();
    // The driver answers before it has ended the window; killed too early, it leaves it open, and the next one cannot be.
    for (let tries = 0; tries < 200 && (await children(server.pid)) !== ""; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    server.kill();
    if (server.exitCode === null && server.signalCode === null) await once(server, "exit");
  };
  return { driver, close };
}

/** A screenshot of what is drawn now: right after a change the driver still has the frame before. */
export async function screenshot(driver) {
  await driver.executeAsyncScript((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return Buffer.from(await driver.takeScreenshot(), "base64");
}

/** Runs a program to its end and gives what it printed. */
export async function run(program, args, environment = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.on("data", (chunk) => (printed += chunk));
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}`);
  return printed;
}
