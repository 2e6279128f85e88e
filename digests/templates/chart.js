"use strict";
/* Puts the interactive charts in the drawings' places; without the shared script the drawings stay. */
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const draw = () => {
    for (const place of document.querySelectorAll(".chart")) {
      const id = `${place.id}-${dark.matches ? "dark" : "light"}`;
      const spec = JSON.parse(document.getElementById(id).textContent);
      window.vegaEmbed(place, spec, { actions: false, renderer: "svg", ast: true });
    }
  };
  if (!window.vegaEmbed) return;
  draw();
  dark.addEventListener("change", draw);
})();
