// Says that the viewer is not installed, if it is not. A module runs after those before it, whether they could be loaded or not.

if (!customElements.get("asyncapi-viewer")) {
  document.querySelector("asyncapi-viewer").remove();
  document.getElementById("missing").hidden = false;
}
