/** The portal's build: static files that the server of the API sends from the same origin. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // The server puts each answer's own nonce in its place, for the page's policy.
  html: { cspNonce: "__CSP_NONCE__" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    // Inlined files would need `data:` in the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ["/v1", "/openapi.json", "/docs"].map((path) => [path, "http://127.0.0.1:8080"]),
    ),
  },
});
