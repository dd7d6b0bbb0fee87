import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte()],
  clearScreen: false,
  // Tests run the browser's Svelte, not the server's.
  resolve: process.env.VITEST ? { conditions: ["browser"] } : undefined,
  server: { port: 1420, strictPort: true },
  build: { target: "es2022", outDir: "dist", emptyOutDir: true },
  test: { include: ["src/**/*.test.ts", "tests/*.test.ts"] },
});
