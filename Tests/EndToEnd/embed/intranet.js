// The script of the application's page: tells the chat which room it shows, and where tokens come from.

const chat = document.querySelector("echo-chat");
const room = new URLSearchParams(location.search).get("room");
if (room) chat.setAttribute("room", room);
chat.hidden = false;
chat.token = async () => {
  const response = await fetch("/intranet/token");
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.text()) || null; // nobody is signed in
};
