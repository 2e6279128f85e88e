"use strict";
/* Puts the interactive chart in the drawing's place; without the shared script the drawing stays. */
(() => {
  const place = document.getElementById("chart");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const draw = () => {
    const spec = JSON.parse(document.getElementById(dark.matches ? "spec-dark" : "spec-light").textContent);
    window.vegaEmbed(place, spec, { actions: false, renderer: "svg", ast: true });
  };
  if (!place || !window.vegaEmbed) return;
  draw();
  dark.addEventListener("change", draw);
})();
