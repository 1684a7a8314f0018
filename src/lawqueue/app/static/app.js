// What a user does is sent to the server as one message with its particulars; what comes back is put in its place.
"use strict";

const room = document.querySelector("main.room");
const byId = (id) => document.getElementById(id);

// The other pages lead back to the control room as it was left, if it was left with the model that they are about.
const left = sessionStorage.getItem("lawqueue-query");
if (!room && left) {
  document.querySelectorAll("[data-home]").forEach((each) => {
    if (new URLSearchParams(left).get("model") === each.dataset.home) each.href = "/" + left;
  });
}

if (room) {
  const send = (act) => Shiny.setInputValue("act", act, { priority: "event" });

  // Each operation of a lever keeps its number while another one is tried.
  const numbers = new Map();
  let asking = "";

  const did = (element, value) => {
    const { do: name, place, name: about, operation, key, from } = element.dataset;
    asking = from || element.id;
    let number;
    if (name === "operation") {
      const field = byId(element.id.replace("o-", "n-"));
      numbers.set(field.id + field.dataset.operation, field.value);
      number = numbers.get(field.id + value);
    } else if (name !== "amount") {
      numbers.clear(); // steps may have changed places
    }
    send({ do: name, place, name: about, operation, key, value, number });
  };

  // What was refused is shown beside the field that asked for it; the live region tells it to screen readers.
  const showFault = () => {
    document.querySelectorAll(".faults.here").forEach((each) => each.remove());
    document.querySelectorAll("[data-described]").forEach((each) => {
      each.setAttribute("aria-describedby", each.dataset.described);
      if (!each.dataset.described) each.removeAttribute("aria-describedby");
      delete each.dataset.described;
    });
    const told = byId("faults").querySelector(".faults");
    const field = byId(asking);
    byId("faults").classList.toggle("hidden", Boolean(told && field));
    if (!told) return;
    if (!field) return byId("faults").scrollIntoView({ block: "nearest" });
    const here = told.cloneNode(true);
    here.id = "fault-here";
    here.classList.add("here");
    (field.closest("p, .move") || field).after(here);
    field.dataset.described = field.getAttribute("aria-describedby") || "";
    field.setAttribute("aria-describedby", `${field.dataset.described} fault-here`.trim());
    here.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.copy) {
      const field = byId(button.dataset.copy);
      field.select();
      navigator.clipboard.writeText(field.value).then(() => say("The link is copied."), () => document.execCommand("copy"));
    } else if (button.dataset.do) {
      did(button, button.dataset.from ? byId(button.dataset.from).value : button.dataset.value);
    }
  });

  // A slider and its number show the same value while one of them is moved.
  document.addEventListener("input", (event) => {
    const twin = event.target.dataset.twin && byId(event.target.dataset.twin);
    if (twin) twin.value = event.target.value;
  });

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.id === "upload") return opened(field);
    // While a date is typed it is no date yet, or one long ago, of the first digits of its year: nobody means it.
    if (field.type === "date" && (field.validity.badInput || (field.value && field.value < "1000"))) return;
    if (field.dataset.do && field.tagName !== "BUTTON") did(field, field.value);
  });

  const opened = async (field) => {
    const file = field.files[0];
    if (!file) return;
    const most = Number(field.dataset.most);
    // One that is too long is not sent; the server tells why.
    const value = file.size > 4 * most ? "x".repeat(most + 1) : await file.text();
    asking = field.id;
    send({ do: "file", name: file.name, value });
    field.value = "";
  };

  const said = byId("said");
  const say = (text) => { if (said.textContent !== text) said.textContent = text; };

  $(document).on("shiny:connected", () => {
    Shiny.addCustomMessageHandler("status", (now) => {
      if (!now.running) say(now.text);
      room.classList.toggle("old", now.old);
      if (now.drawing) room.classList.add("drawing");
      const focused = document.activeElement;
      const [run, cancel, progress] = [byId("run"), byId("cancel"), byId("progress")];
      run.hidden = now.running;
      run.disabled = !now.ready;
      cancel.hidden = progress.hidden = byId("count").hidden = !now.running;
      if (focused === run && now.running) cancel.focus();
      if (focused === cancel && !now.running) run.focus();
    });
    Shiny.addCustomMessageHandler("progress", (now) => {
      byId("progress").max = now.total;
      byId("progress").value = now.done;
      byId("count").textContent = now.count;
      say(now.text);
    });
    Shiny.addCustomMessageHandler("state", (now) => {
      sessionStorage.setItem("lawqueue-query", "?" + now.query);
      // Questions, dials and days on the page are those of one model: another one has a page of its own.
      if (now.model !== room.dataset.model) return location.replace("?" + now.query);
      history.replaceState(null, "", "?" + now.query);
      byId("question").value = now.question;
      for (const key of ["seed", "replicates", "scale", "from", "to"]) byId(key).value = now[key];
      const dial = byId(`deterrence-${now.deterrence}`);
      if (dial) dial.checked = true;
      for (const [id, words] of Object.entries(now.history)) if (byId(id)) byId(id).innerHTML = words;
      document.querySelectorAll("[data-link]").forEach((each) => (each.value = location.href));
    });
  });
  $(document).on("shiny:disconnected", () => {
    say("The page has lost its server. Start lawqueue app again and reload: the address keeps your scenario.");
    ["run", "cancel"].forEach((id) => (byId(id).disabled = true));
  });

  // What was unfolded stays unfolded, and the field that had the focus keeps it, when a part of the page is drawn anew.
  const unfolded = new Map();
  $(document).on("shiny:value", (event) => {
    const part = event.target;
    const open = [...part.querySelectorAll("details[open] > summary")].map((each) => each.textContent.trim());
    const focus = part.contains(document.activeElement) ? document.activeElement.id : "";
    if (part.childElementCount) unfolded.set(part.id, open);
    requestAnimationFrame(() => {
      for (const each of part.querySelectorAll("details > summary")) {
        if ((unfolded.get(part.id) || []).includes(each.textContent.trim())) each.parentElement.open = true;
      }
      document.querySelectorAll("[data-link]").forEach((each) => (each.value = location.href));
      if (focus && byId(focus)) byId(focus).focus({ preventScroll: true });
      if (part.id === "faults" || part.id === "steps") showFault();
      if (part.id === "detail") room.classList.remove("drawing");
    });
  });
}
