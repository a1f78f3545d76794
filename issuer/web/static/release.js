// SPDX-License-Identifier: Apache-2.0
// Has the second person's agent on this machine sign the release, and hands it in.
for (const box of document.querySelectorAll(".agent")) {
  box.hidden = false;
  box.querySelector("button").addEventListener("click", async () => {
    const told = box.querySelector(".told");
    try {
      const answer = await fetch(new URL("/sign", box.querySelector(".url").value), {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Bearer ${box.querySelector(".secret").value.trim()}`,
        },
        body: JSON.stringify({ typ: "release+jwt", payload: box.dataset.payload }),
      });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.detail);
      const form = box.closest("form");
      form.elements.token.value = said.token;
      form.submit();
    } catch (error) {
      told.textContent = String(error.message || error);
    }
  });
}
