// Names that scripts may not use unasked: newer than Safari 15.4, Chrome 100 or Firefox 100.

/** @typedef {import("./forbidden.js").Rule} Rule */

/** The language. @type {Rule[]} */
export const LANGUAGE = [
  { name: "regex lookbehind", pattern: /\(\?<[=!]/, example: "/(?<=a)b/.test(text);" },
  { name: "regex modifiers", pattern: /\(\?[ims]*-?[ims]+:/, example: "/(?i:a)/.test(text);" },
  { name: "regex flag v", pattern: /\/[dgimsuy]*v[dgimsuy]*\s*[.,;)]/, example: "/a/v.test(text);" },
  { name: "a static block", pattern: /\bstatic\s*\{/, example: "static { run(); }" },
  {
    name: "import attributes",
    pattern: /\bimport\b[^;\n]*["'][^\n]*\b(?:with|assert)\s*:?\s*\{/,
    example: 'import a from "./a.json" with { type: "json" };',
  },
  { name: "using", pattern: /\busing\s+\w+\s*=/, example: "using lock = take();" },
  { name: "findLast", pattern: /\.findLast(?:Index)?\b/, example: "list.findLast((each) => each > 1);", guard: "list.findLast?.(f);" },
  {
    ...{ name: "copies of arrays", pattern: /\.(?:toSorted|toReversed|toSpliced)\b|\]\.with\(/ },
    ...{ example: "list.toSorted();", guard: "const sorted = list.toSorted?.() ?? [...list].sort();" },
  },
  {
    name: "groupBy",
    pattern: /\b(?:Object|Map)\.groupBy\b/,
    example: "Object.groupBy(list, kind);",
    guard: "Object.groupBy?.(list, kind);",
  },
  { name: "Array.fromAsync", pattern: /\bArray\.fromAsync\b/, example: "Array.fromAsync(pages);" },
  { name: "Promise.withResolvers", pattern: /\bPromise\.(?:withResolvers|try)\b/, example: "Promise.withResolvers();" },
  {
    ...{
      name: "methods of sets",
      pattern: /\.(?:union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(/,
    },
    ...{ example: "mine.union(yours);" },
  },
  {
    ...{
      name: "methods of iterators",
      pattern:
        /\bIterator\.from\b|(?<!\bObject)\.(?:values|keys|entries|matchAll)\([^()]*\)\.(?:map|filter|take|drop|flatMap|reduce|toArray|forEach|some|every|find)\(/,
    },
    ...{ example: "rooms.values().map(name);" },
  },
  {
    name: "well-formed strings",
    pattern: /\.(?:isWellFormed|toWellFormed)\b/,
    example: "text.toWellFormed();",
    guard: "text.toWellFormed?.() ?? text;",
  },
  { name: "RegExp.escape", pattern: /\bRegExp\.escape\b/, example: "RegExp.escape(name);" },
  { name: "base64 of bytes", pattern: /\.(?:fromBase64|toBase64|fromHex|toHex)\b/, example: "Uint8Array.fromBase64(text);" },
  {
    name: "Intl.Segmenter",
    pattern: /\bIntl\.Segmenter\b/,
    example: "new Intl.Segmenter();",
    guard: "if (Intl.Segmenter) split(new Intl.Segmenter());",
  },
  { name: "Intl.DurationFormat", pattern: /\bIntl\.DurationFormat\b/, example: "new Intl.DurationFormat();" },
  { name: "a module worker", pattern: /\bWorker\([^\n]*type:\s*["']module/, example: 'new Worker("w.js", { type: "module" });' },
  { name: "import.meta.resolve", pattern: /\bimport\.meta\.resolve\b/, example: 'import.meta.resolve("./a.js");' },
];

/** The browser. @type {Rule[]} */
export const BROWSER = [
  { name: "URL.canParse", pattern: /\bURL\.(?:canParse|parse)\b/, example: "URL.canParse(text);", guard: "URL.canParse?.(text);" },
  { name: "AbortSignal.timeout", pattern: /\bAbortSignal\.(?:timeout|any)\b/, example: "AbortSignal.timeout(1);" },
  { name: "Response.json", pattern: /\bResponse\.json\b/, example: "Response.json({});" },
  {
    ...{ name: "popover", pattern: /\b(?:show|hide|toggle)Popover\b|\.popover\b/, example: "menu.showPopover();" },
    ...{ guard: 'if ("popover" in menu) {\n  menu.showPopover();\n}', guards: /["']popover["'] in|["']?showPopover["']? in/ },
  },
  { name: "popover in HTML", pattern: /\spopover(?:target(?:action)?)?(?=[\s=>])/, example: "<div popover>", in: ["html"] },
  { name: "inert", pattern: /\.inert\b/, example: "box.inert = true;", guard: 'if ("inert" in box) box.inert = true;' },
  { name: "inert in HTML", pattern: /\sinert(?=[\s=>])/, example: "<div inert>", in: ["html"] },
  { name: "an import map", pattern: /type=["']importmap/, example: '<script src="m" type="importmap">', in: ["html"] },
  {
    name: "requestSubmit",
    pattern: /\.requestSubmit\b/,
    example: "form.requestSubmit();",
    guard: "if (form.requestSubmit) form.requestSubmit();",
  },
  { name: "showPicker", pattern: /\.showPicker\b/, example: "input.showPicker();", guard: "input.showPicker?.();" },
  { name: "checkVisibility", pattern: /\.checkVisibility\b/, example: "box.checkVisibility();" },
  { name: "moveBefore", pattern: /\.moveBefore\b/, example: "box.moveBefore(row, null);", guard: "box.moveBefore?.(row, null);" },
  { name: "attachInternals", pattern: /\battachInternals\b/, example: "this.attachInternals();" },
  { name: "aria properties", pattern: /\.aria[A-Z]\w*\s*=[^=]/, example: 'box.ariaLabel = "x";' },
  {
    name: "customized built-ins",
    pattern: /\bdefine\([^\n]*\bextends:/,
    example: 'customElements.define("a-b", B, { extends: "button" });',
  },
  { name: "constructed style sheets", pattern: /\bnew CSSStyleSheet\b|\badoptedStyleSheets\b/, example: "new CSSStyleSheet();" },
  {
    name: "view transitions",
    pattern: /\bstartViewTransition\b/,
    example: "document.startViewTransition(f);",
    guard: "document.startViewTransition?.(f);",
  },
  {
    name: "requestIdleCallback",
    pattern: /\brequestIdleCallback\b/,
    example: "requestIdleCallback(f);",
    guard: 'if ("requestIdleCallback" in window) requestIdleCallback(f);',
  },
  { name: "scheduler", pattern: /\bscheduler\.(?:postTask|yield)\b/, example: "scheduler.yield();" },
  {
    name: "OffscreenCanvas",
    pattern: /\bnew OffscreenCanvas\b/,
    example: "new OffscreenCanvas(1, 1);",
    guard: 'if (typeof OffscreenCanvas !== "undefined") new OffscreenCanvas(1, 1);',
  },
  { name: "compression streams", pattern: /\bnew (?:De)?[cC]ompressionStream\b/, example: 'new CompressionStream("gzip");' },
  { name: "highlights", pattern: /\bCSS\.highlights\b|\bnew Highlight\b/, example: "CSS.highlights.clear();" },
  { name: "scrollend", pattern: /["']scrollend["']|\bonscrollend\b/, example: 'box.addEventListener("scrollend", f);' },
  { name: "scrollIntoViewIfNeeded", pattern: /\bscrollIntoViewIfNeeded\b/, example: "row.scrollIntoViewIfNeeded();" },
  { name: "app badge", pattern: /\.(?:set|clear)AppBadge\b/, example: "navigator.setAppBadge(1);", guard: "navigator.setAppBadge?.(1);" },
  {
    name: "share",
    pattern: /\bnavigator\.(?:share|canShare)\b/,
    example: "navigator.share({});",
    guard: "if (navigator.share) navigator.share({});",
  },
  { name: "vibrate", pattern: /\bnavigator\.vibrate\b/, example: "navigator.vibrate(10);", guard: "navigator.vibrate?.(10);" },
  {
    name: "wake lock",
    pattern: /\bnavigator\.wakeLock\b/,
    example: "navigator.wakeLock.request();",
    guard: "navigator.wakeLock?.request();",
  },
  {
    name: "userAgentData",
    pattern: /\bnavigator\.userAgentData\b/,
    example: "navigator.userAgentData.mobile;",
    guard: "navigator.userAgentData?.mobile;",
  },
  {
    name: "ClipboardItem",
    pattern: /\bnew ClipboardItem\b/,
    example: "new ClipboardItem({});",
    guard: 'if ("ClipboardItem" in window) new ClipboardItem({});',
  },
  {
    ...{ name: "Notification", pattern: /\bnew Notification\b|\bNotification\.\w+/, example: "Notification.requestPermission();" },
    ...{ guard: 'if ("Notification" in window) Notification.requestPermission();', guards: /["']Notification["'] in/ },
  },
  { name: "push", pattern: /\.pushManager\b/, example: "worker.pushManager.subscribe();", guard: "worker.pushManager?.subscribe();" },
  // These are there in secure contexts only: not on plain http.
  { name: "crypto.randomUUID", pattern: /\bcrypto\.randomUUID\b/, example: "crypto.randomUUID();", guard: "crypto.randomUUID?.();" },
  {
    name: "navigator.locks",
    pattern: /\bnavigator\.locks\b/,
    example: "navigator.locks.request(name, f);",
    guard: "navigator.locks?.request(name, f);",
  },
  {
    name: "service worker",
    pattern: /\bnavigator\.serviceWorker\b/,
    example: "navigator.serviceWorker.register(url);",
    guard: "navigator.serviceWorker?.register(url);",
  },
  {
    name: "clipboard",
    pattern: /\bnavigator\.clipboard\b/,
    example: "navigator.clipboard.writeText(text);",
    guard: "navigator.clipboard?.writeText(text);",
  },
];
