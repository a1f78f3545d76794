// SPDX-License-Identifier: Apache-2.0
// Has the person's own agent on this machine sign what the page shows, and hands the token in.
for (const form of document.querySelectorAll("form[data-agent-payload]")) {
  const box = form.querySelector(".agent");
  const [url, secret] = box.querySelectorAll("input");
  const button = box.querySelector("button");
  const told = box.querySelector(".told");
  box.querySelector(".origin").textContent = location.origin;
  box.hidden = false;
  form.querySelector("details").open = false;
  const ask = async () => {
    button.disabled = true;
    told.textContent = form.dataset.agentAsking;
    try {
      const answer = await fetch(new URL("/sign", url.value), {
        method: "POST",
        credentials: "omit",
        headers: {
          "Content-Type": "application/json",
          Authorization: `Bearer ${secret.value.trim()}`,
        },
        body: JSON.stringify({ typ: form.dataset.agentTyp, payload: form.dataset.agentPayload }),
      });
      const said = await answer.json();
      if (!answer.ok) {
        told.textContent = `${said.detail} [${said.code}]`;
        return;
      }
      form.elements.token.value = said.token;
      form.submit();
    } catch {
      told.textContent = form.dataset.agentUnreachable;
    } finally {
      secret.value = ""; // good for one signature
      button.disabled = false;
    }
  };
  button.addEventListener("click", ask);
  secret.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      ask();
    }
  });
}
