"use strict";
/* The switches work without this script; it only remembers them and tells assistive software the language. */
for (const name of ["lang", "theme"]) {
  let kept = null;
  try { kept = localStorage.getItem("meritline." + name); } catch (e) { kept = null; }
  for (const input of document.querySelectorAll('input[name="' + name + '"]')) {
    if (input.value === kept) { input.checked = true; }
    const apply = () => {
      if (!input.checked) { return; }
      if (name === "lang") { document.documentElement.lang = input.value === "zh" ? "zh-CN" : "en"; }
    };
    apply();
    input.addEventListener("change", () => {
      apply();
      try { localStorage.setItem("meritline." + name, input.value); } catch (e) { return; }
    });
  }
}
