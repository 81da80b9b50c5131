// Starts Swagger UI on openapi.json, or says that it is not installed.

const SITE = new URL("../", document.baseURI).pathname.slice(0, -1); // "" or, below a path, such as "/chat"
const dark = matchMedia("(prefers-color-scheme: dark)");

function followColorScheme() {
  document.documentElement.classList.toggle("dark-mode", dark.matches); // the class that Swagger UI's own style knows
}

/**
 * The document as it is for this site: its URLs are those of a site at the root. Optional parameters go without their examples, which Swagger
 * UI would send: a cursor of another list, the tag of another answer.
 */
async function loadDocument() {
  const spec = await (await fetch("openapi.json")).json();
  spec.servers = [{ url: `${SITE}/` }];
  for (const { flows } of Object.values(spec.components.securitySchemes)) {
    for (const flow of Object.values(flows ?? {})) {
      for (const name of ["tokenUrl", "refreshUrl"]) {
        if (flow[name]) flow[name] = SITE + flow[name];
      }
    }
  }
  const operations = Object.values(spec.paths).flatMap((path) => [path, ...Object.values(path)]);
  const parameters = [...Object.values(spec.components.parameters ?? {}), ...operations.flatMap((place) => place.parameters ?? [])];
  for (const parameter of parameters) {
    if (!parameter.required) delete parameter.example;
  }
  return spec;
}

async function start() {
  followColorScheme();
  dark.addEventListener("change", followColorScheme);
  globalThis.SwaggerUIBundle({
    spec: await loadDocument(),
    dom_id: "#swagger-ui",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null, // nothing is asked of other servers
  });
}

if (globalThis.SwaggerUIBundle) start();
else document.getElementById("missing").hidden = false;
