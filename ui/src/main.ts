import "@fontsource-variable/inter";
import { mount } from "svelte";
import App from "./App.svelte";
import type { Backend } from "./lib/ipc/backend";
import "./styles/tokens.css";
import "./styles/base.css";

/** The pretended library is left out of the real build. */
async function backend(): Promise<Backend> {
  if (import.meta.env.MODE === "mock") {
    const { MockBackend } = await import("./lib/ipc/mock");
    return new MockBackend(new URLSearchParams(location.search));
  }
  const { TauriBackend } = await import("./lib/ipc/tauri");
  return new TauriBackend();
}

const target = document.getElementById("app");
if (target !== null) mount(App, { target, props: { backend: await backend() } });
