// Becomes three's worker for maps: maps.js sends its source first, then what it works on.
// Only this worker's own policy lets text become code, and lets it fetch nothing.

addEventListener("message", ({ data }) => (0, eval)(data.source), { once: true });
