// SPDX-License-Identifier: Apache-2.0
// Tells how far the act is; without it the page asks again by itself.
const box = document.getElementById("progress");
async function look() {
  let told;
  try {
    told = await (await fetch(box.dataset.url)).json();
  } catch {
    return setTimeout(look, 3000);
  }
  if (!told.running) return location.reload();
  document.getElementById("what").textContent = told.what;
  if (told.of) {
    const bar = box.querySelector("progress");
    bar.max = told.of;
    bar.value = told.done;
    document.getElementById("done").textContent = `${told.done} / ${told.of}`;
  }
  setTimeout(look, 400);
}
setTimeout(look, 400);
