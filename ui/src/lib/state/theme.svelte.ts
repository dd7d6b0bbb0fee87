// Light, dark, or as the system has it; remembered in the window's own storage.

export type Theme = "system" | "light" | "dark";

const KEY = "reprise.theme";
const ORDER: Theme[] = ["system", "light", "dark"];

function stored(): Theme {
  const value = localStorage.getItem(KEY);
  return ORDER.find((theme) => theme === value) ?? "system";
}

export class ThemeChoice {
  theme = $state<Theme>(stored());

  apply(): void {
    const root = document.documentElement;
    if (this.theme === "system") delete root.dataset.theme;
    else root.dataset.theme = this.theme;
  }

  next(): void {
    this.theme = ORDER[(ORDER.indexOf(this.theme) + 1) % ORDER.length] ?? "system";
    localStorage.setItem(KEY, this.theme);
    this.apply();
  }
}
